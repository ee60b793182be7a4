"""API login by token: `Authorization: Bearer mw_…`."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import TOKEN_PREFIX, token_digest


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header, or None when there is no such header."""
    parts = get_authorization_header(request).split()
    if len(parts) != 2 or parts[0].lower() != b"bearer":
        return None
    return parts[1].decode("latin-1")


class TokenAuthentication(BaseAuthentication):
    """A person's own token. A view that admits other tokens (a camera's) names their class before this one."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token = bearer_token(request)
        if token is None:
            return None
        if not token.startswith(TOKEN_PREFIX):
            raise AuthenticationFailed(_("This token is not valid here."))
        row = ApiToken.objects.select_related("user").filter(digest=token_digest(token)).first()
        if row is None or not row.user.is_active:
            raise AuthenticationFailed(_("This token is not valid."))
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=timezone.now())
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
