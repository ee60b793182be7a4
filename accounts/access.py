"""The access check of every page: one decorator, one function."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

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


def posted_from(
    page: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Take what the form of a page posts. `page` is its name; its address takes the same arguments.

    A refused form is shown under the address that it was posted to: whoever opens that again, by a reload or by
    coming back from another page, is led to the page of the form, with the filters of the address.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def posted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            query = request.GET.urlencode()
            return redirect(reverse(page, args=args, kwargs=kwargs) + (f"?{query}" if query else ""))

        return posted

    return decorate
