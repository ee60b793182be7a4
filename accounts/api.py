"""What all views of the API have in common: who gets in, and what the rules of the services answer."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final, NoReturn, cast

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as BrokenRule
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.models import User
from accounts.rights import Right

NAMELESS: Final = api_settings.NON_FIELD_ERRORS_KEY


class Conflict(APIException):
    """The request makes sense, but not with things as they are now."""

    status_code = status.HTTP_409_CONFLICT


class Rights(BasePermission):
    """One right to read, another to write. A subclass says which."""

    read: ClassVar[Right]
    write: ClassVar[Right]

    def has_permission(self, request: Request, view: APIView) -> bool:
        right = self.read if request.method in SAFE_METHODS else self.write
        return isinstance(request.user, User) and request.user.may(right)


class RulesAPI(APIView):
    """A view whose services may find a rule broken, which is told as `answer_to` says."""

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(answer_to(exc) if isinstance(exc, BrokenRule) else exc)


class AnswersWithFile(APIView):
    """A view that answers with a file, whatever the caller accepts; only its errors are JSON."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        renderer = JSONRenderer()
        return renderer, renderer.media_type


class KnownOrdering(OrderingFilter):
    """Orders a list by the `ordering_fields` of its view; 400 for a field that is none of them."""

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: APIView, request: Request
    ) -> list[str]:
        known = [name for name, _label in self.get_valid_fields(queryset, view, {"request": request})]
        wanted = [field for field in fields if field]
        for field in wanted:
            if field.removeprefix("-") not in known:
                told = _("Unknown: %(field)s. Known are %(known)s; with a minus before it a list is turned round.")
                refuse(self.ordering_param, told % {"field": field, "known": ", ".join(known)})
        return wanted


def answer_to(error: BrokenRule) -> APIException:
    """400 naming the fields that a broken rule names; 409 for one about things as they are, which names none."""
    if hasattr(error, "error_dict"):
        said = error.message_dict
        return ValidationError({NAMELESS if field == NON_FIELD_ERRORS else field: said[field] for field in said})
    return Conflict(" ".join(error.messages))


def refuse(field: str, sentence: str) -> NoReturn:
    """Answer 400 with what is wrong with a field."""
    raise ValidationError({field: [sentence]})


def caller(request: Request) -> User:
    """Whose token or session it is."""
    return cast(User, request.user)
