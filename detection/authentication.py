"""API login of a camera by its own token: `Authorization: Bearer mwcam_…`."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import TokenScheme
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.authentication import bearer_token
from accounts.services import token_digest
from detection.models import Camera
from detection.services import CAMERA_TOKEN_PREFIX


@dataclass(frozen=True)
class CameraCaller:
    """Who calls when a camera does: it may send clips of its own and see those, and nothing else."""

    camera: Camera
    is_authenticated: bool = True
    is_anonymous: bool = False
    is_active: bool = True


class CameraTokenAuthentication(BaseAuthentication):
    """A camera's token. Only views that name this class admit cameras."""

    def authenticate(self, request: Request) -> tuple[CameraCaller, str] | None:
        token = bearer_token(request)
        if token is None or not token.startswith(CAMERA_TOKEN_PREFIX):
            return None
        camera = Camera.objects.filter(token_digest=token_digest(token)).first()
        if camera is None:
            raise AuthenticationFailed(_("This token is not valid."))
        return CameraCaller(camera), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class CameraTokenScheme(TokenScheme):  # type: ignore[no-untyped-call]
    """How the description of the API names a camera's token."""

    target_class = "detection.authentication.CameraTokenAuthentication"
    name = "cameraToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A camera's token, mwcam_…"}


class PersonTokenScheme(TokenScheme):  # type: ignore[no-untyped-call]
    """How the description of the API names a person's token."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "personToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A person's token, mw_…"}
