"""The files of a release for other programs: asked for on its page, made by a job, handed out."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from releases.conversions import conversion_start
from releases.models import ModelRelease, ReleaseConversion


@require_POST
@require(Right.MANAGE_RELEASES)
def convert(request: HttpRequest, pk: int) -> HttpResponse:
    release = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        conversion_start(release=release, form=request.POST.get("form", ""), by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _to_files(pk)


@require_GET
@require(Right.VIEW_RELEASES)
def conversion(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the job of a conversion leads: to the files on the page of its release."""
    return _to_files(_conversion(person(request), pk).release_id)


@require_GET
@require(Right.VIEW_RELEASES)
def conversion_file(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    row = _conversion(person(request), pk)
    if not row.is_there:
        messages.error(request, _("This file is not there; have it made."))
        return _to_files(row.release_id)
    return FileResponse(row.path.open("rb"), as_attachment=True, filename=row.file_name)


def _conversion(user: User, pk: int) -> ReleaseConversion:
    return get_object_or_404(ReleaseConversion.objects.for_user(user).select_related("release"), pk=pk)


def _to_files(release: int) -> HttpResponse:
    return redirect(f"{reverse('releases:release', args=[release])}#files")
