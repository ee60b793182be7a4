"""What is ordered on the page of a release about its numbers: int8 form, calibration, what it judges in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person, require
from accounts.rights import Right
from releases.completion import completion_start
from releases.models import ModelRelease
from releases.precision import precision_choose


@require_POST
@require(Right.MANAGE_RELEASES)
def complete(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Have the int8 form or the calibration of a release made."""
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        completion_start(release=row, part=part, by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("releases:release", pk)


@require_POST
@require(Right.MANAGE_RELEASES)
def precision(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a release judge in other numbers."""
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        row = precision_choose(release=row, precision=request.POST.get("precision", ""), by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = {"name": row.name, "precision": row.get_precision_display()}
        messages.success(request, _("%(name)s judges in %(precision)s from the next clip and picture on.") % words)
    return redirect("releases:release", pk)
