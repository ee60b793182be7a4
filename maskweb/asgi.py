"""The ASGI application: Django for HTTP, Channels for websockets."""

import os
from typing import cast

from asgiref.typing import ASGI3Application
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
http = get_asgi_application()

from django.conf import settings  # noqa: E402 - the apps must be loaded first

from jobs.routing import websocket_urlpatterns  # noqa: E402
from maskweb.body_limit import BodyLimit  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(cast(ASGI3Application, http), most=settings.MAX_BODY_BYTES),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
