"""Pages of releases: the list with the active one on top, one release, its folder as a zip, single pictures."""

from base64 import b64encode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, require
from accounts.rights import Right
from releases.archive import zipped
from releases.card import as_markdown
from releases.conversion_page import files_shown
from releases.figures import figures_of
from releases.forms import PictureForm
from releases.models import ModelRelease
from releases.numbers import numbers_of
from releases.services import (
    release_activate,
    release_before,
    release_delete,
    release_folder,
    release_kept_by,
    release_roll_back,
)
from releases.warm import MOST_BYTES, InferenceAway, PictureRefused, picture_detect
from releases.written import release_card, release_written
from yolo.release import ReleaseError

PAGE = 50
ACTIVATIONS = 10


@require_GET
@require(Right.VIEW_RELEASES)
def releases(request: HttpRequest) -> HttpResponse:
    rows = ModelRelease.objects.for_user(person(request)).select_related("created_by")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    active = next((row for row in page if row.is_active), None)
    may_manage = person(request).may(Right.MANAGE_RELEASES)
    context = {
        "page": page,
        "rows": [(row, figures_of(row)) for row in page],
        "active": active,
        "is_any_active": active is not None or ModelRelease.objects.active().exists(),
        "before": release_before() if may_manage else None,
        "figures": figures_of(active) if active else None,
        "may_manage": may_manage,
        "may_train": person(request).may(Right.TRAIN),
        "may_compare": person(request).may(Right.VIEW_TRAINING),
    }
    return render(request, "releases/releases.html", context)


@require_GET
@require(Right.VIEW_RELEASES)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ModelRelease.objects.for_user(person(request)).select_related("created_by", "run")
    row = get_object_or_404(rows, pk=pk)
    written, problem = release_written(row)
    may_manage = person(request).may(Right.MANAGE_RELEASES)
    context = {
        "release": row,
        "figures": figures_of(row),
        "written": written,
        "problem": problem,
        "may_manage": may_manage,
        "may_view_training": person(request).may(Right.VIEW_TRAINING),
        "kept_by": release_kept_by(row) if may_manage else "",
        "files": files_shown(row),
        "activations": row.activations.select_related("by")[:ACTIVATIONS],
        **numbers_of(row),
    }
    return render(request, "releases/release.html", context)


@require_POST
@require(Right.MANAGE_RELEASES)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        release_activate(release=row, by=person(request))
    except ReleaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s judges from now on.") % {"name": row.name})
    return redirect("releases:releases")


@require_POST
@require(Right.MANAGE_RELEASES)
def roll_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the release that judged before, which is the one that the button named."""
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        release_roll_back(to=row, by=person(request))
    except ReleaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s judges again.") % {"name": row.name})
    return redirect("releases:releases")


@require_POST
@require(Right.MANAGE_RELEASES)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        release_delete(release=row, by=person(request))
    except ReleaseError as error:
        messages.error(request, str(error))
        return redirect("releases:release", pk)
    messages.success(request, _("%(name)s is deleted.") % {"name": row.name})
    return redirect("releases:releases")


@require_GET
@require(Right.VIEW_RELEASES)
def download(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        archive = zipped(release_folder(row), name=row.name, card=as_markdown(release_card(row)))
    except ReleaseError as error:
        messages.error(request, str(error))
        return redirect("releases:release", row.pk)
    return FileResponse(archive, as_attachment=True, filename=f"{row.name}.zip")


@require_GET
@require(Right.VIEW_RELEASES)
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """What the release is, learnt from, yields and is good for."""
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        return render(request, "releases/card.html", {"release": row, "card": release_card(row)})
    except ReleaseError as error:
        messages.error(request, str(error))
        return redirect("releases:release", row.pk)


@require_GET
@require(Right.VIEW_RELEASES)
def card_file(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ModelRelease.objects.for_user(person(request)), pk=pk)
    try:
        text = as_markdown(release_card(row))
    except ReleaseError as error:
        messages.error(request, str(error))
        return redirect("releases:release", row.pk)
    named = {"Content-Disposition": f'attachment; filename="{row.name}-card.md"'}
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=named)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.VIEW_RELEASES)
def pictures(request: HttpRequest) -> HttpResponse:
    """What the active release sees on photographs; none of them is kept."""
    form = PictureForm(request.POST or None, request.FILES or None)
    seen = None
    if request.method == "POST" and form.is_valid():
        try:
            seen = picture_detect(form.cleaned_data["picture"].read(), draw=True)
        except (PictureRefused, InferenceAway) as error:
            form.add_error("picture", str(error))
    context = {
        "form": form,
        "seen": seen,
        "drawn": b64encode(seen.drawn).decode() if seen else "",
        "active": ModelRelease.objects.for_user(person(request)).active().first(),
        "most_bytes": MOST_BYTES,
    }
    return render(request, "releases/pictures.html", context)
