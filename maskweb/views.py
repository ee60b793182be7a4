"""Pages that belong to no app."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers; open to everybody, tells nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The whole API to read and to try, for everybody who is signed in."""
    return render(request, "api_docs.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: to programs in JSON, as all of the API answers; to people as a page."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": _("There is nothing at this address.")}, status=404)
    return page_not_found(request, exception)
