"""Every write about people."""

import hashlib
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, AuditEntry, User
from accounts.rights import Role
from accounts.staff import place_in_group
from accounts.throttling import LOGIN_FAILED, login_subject

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
    audit(actor=user, action="api_token_create", target=row, name=name)
    return row, token


@transaction.atomic
def api_token_revoke(*, token: ApiToken, by: User) -> None:
    audit(actor=by, action="api_token_revoke", target=token, name=token.name)
    token.delete()


@transaction.atomic
def first_administrator_create() -> tuple[User, str] | None:
    """On a site without any person, make the administrator and return it with its random password."""
    if User.objects.exists():
        return None
    password = password_make()
    user = User.objects.create_superuser("admin", password=password, role=Role.ADMINISTRATOR)
    return user, password


def password_make() -> str:
    return secrets.token_urlsafe(12)


@transaction.atomic
def user_create(
    *, username: str, role: str, by: User, first_name: str = "", last_name: str = "", email: str = ""
) -> tuple[User, str]:
    """Add a person; the second value is the first password, which is shown once and not kept."""
    user = User(username=username, role=role, first_name=first_name, last_name=last_name, email=email)
    password = password_make()
    user.set_password(password)
    user.full_clean()
    user.save()
    role_apply(user=user)
    audit(actor=by, action="user_create", target=user, username=username, role=role)
    return user, password


@transaction.atomic
def user_update(
    *, user: User, role: str, is_active: bool, by: User, first_name: str = "", last_name: str = "", email: str = ""
) -> User:
    """Change who a person is and may do. Raises ValidationError when nobody could manage people any more."""
    last_administrator_check(user=user, role=role, is_active=is_active)
    before = User.objects.select_for_update().get(pk=user.pk)
    user.role, user.is_active = role, is_active
    user.first_name, user.last_name, user.email = first_name, last_name, email
    user.full_clean()
    user.save()
    role_apply(user=user)
    audit(actor=by, action="user_update", target=user, username=user.username, **_changes(before, user))
    return user


def last_administrator_check(*, user: User, role: str, is_active: bool) -> None:
    """Refuse to demote or deactivate the last active administrator."""
    if is_active and role == Role.ADMINISTRATOR:
        return
    administrators = User.objects.active_administrators().select_for_update().order_by("pk")
    if list(administrators.values_list("pk", flat=True)) == [user.pk]:
        raise ValidationError(_("This is the last active administrator: name another one first."))


@transaction.atomic
def role_apply(*, user: User) -> None:
    """Give a person what the role means in the Django administration: entry, and the models of the work."""
    user.is_superuser = user.role == Role.ADMINISTRATOR
    user.is_staff = place_in_group(user) or user.is_superuser
    user.save(update_fields=["is_superuser", "is_staff"])


@transaction.atomic
def profile_update(*, user: User, first_name: str, last_name: str, email: str, time_zone: str) -> User:
    """Change what a person may change alone."""
    user.first_name, user.last_name, user.email, user.time_zone = first_name, last_name, email, time_zone
    user.full_clean()
    user.save(update_fields=["first_name", "last_name", "email", "time_zone"])
    audit(actor=user, action="profile_update", target=user)
    return user


@transaction.atomic
def password_replace(*, user: User, by: User) -> str:
    """Give a person a new random password, which is shown once; whoever was signed in with the old one is out."""
    password = password_make()
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(actor=by, action="password_replace", target=user, username=user.username)
    return password


def login_record(*, user: User, address: str) -> AuditEntry:
    return audit(actor=user, action="login", target=user, address=address)


def login_failure_record(*, name: str, address: str) -> AuditEntry:
    """Remember a failed login. The typed name is kept only where it is somebody's: it may be a password."""
    known = User.objects.filter(username=name).exists()
    return AuditEntry.objects.create(
        action=LOGIN_FAILED,
        target_type="login",
        target_id=login_subject(name=name, address=address),
        detail={"address": address, **({"username": name} if known else {})},
    )


def audit(*, actor: User | None, action: str, target: models.Model | None = None, **detail: Any) -> AuditEntry:
    """Put on record that somebody did something; call it inside the transaction that does it."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        detail=detail,
    )


def _changes(before: User, after: User) -> dict[str, list[Any]]:
    """The fields that differ, each with its old and new value."""
    names = ("role", "is_active", "first_name", "last_name", "email")
    return {
        name: [getattr(before, name), getattr(after, name)]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
