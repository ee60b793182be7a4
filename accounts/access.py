"""The access check of every page: one decorator, one function."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from accounts.rights import Right

P = ParamSpec("P")


def person(request: HttpRequest) -> User:
    """The signed-in person of a request behind the login."""
    return cast(User, request.user)


def require(
    right: Right,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Refuse with 403 a signed-in person without the right (the middleware sends the signed-out to the login)."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not person(request).may(right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate
