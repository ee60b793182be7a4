"""The ASGI application: Django for HTTP, Channels for websockets."""

import os
from typing import cast

from asgiref.typing import ASGI3Application
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

from maskweb.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
http = get_asgi_application()

from jobs.routing import websocket_urlpatterns  # noqa: E402 - the apps must be loaded first

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(cast(ASGI3Application, http), most=settings.MAX_BODY_BYTES),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
