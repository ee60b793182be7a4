"""Every write about people."""

import hashlib
import secrets
from typing import Any

from django.db import models, transaction

from accounts.models import ApiToken, AuditEntry, User
from accounts.rights import Role

TOKEN_PREFIX = "mw_"  # noqa: S105 - no secret


def token_digest(token: str) -> str:
    """SHA-256 of a token: tokens are 256 random bits, so a fast hash is enough and can be looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_make(prefix: str = TOKEN_PREFIX) -> str:
    return prefix + secrets.token_urlsafe(32)


@transaction.atomic
def api_token_create(*, user: User, name: str) -> tuple[ApiToken, str]:
    """Make a token for a person; the second value is the token itself, which is not kept."""
    token = token_make()
    row = ApiToken(user=user, name=name, digest=token_digest(token))
    row.full_clean()
    row.save()
    audit(actor=user, action="api_token_create", target=row)
    return row, token


@transaction.atomic
def first_administrator_create() -> tuple[User, str] | None:
    """On a site without any person, make the administrator and return it with its random password."""
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(12)
    user = User.objects.create_superuser("admin", password=password, role=Role.ADMINISTRATOR)
    return user, password


def audit(*, actor: User | None, action: str, target: models.Model | None = None, **detail: Any) -> AuditEntry:
    """Put on record that somebody did something; call it inside the transaction that does it."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        detail=detail,
    )
