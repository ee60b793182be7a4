"""The page of one image, and its files, served by primary key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from labelling.downloads import picture_answer, thumbnail_answer
from labelling.forms import GalleryForm
from labelling.gallery import gallery_of
from labelling.models import Box, BoxChange, Image
from labelling.provenance import provenance_of


@require_safe
@require(Right.VIEW_DATASETS)
def image(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    rows = Image.objects.for_user(user).select_related("dataset", "brought_by")
    found = get_object_or_404(rows, pk=pk)
    wanted = GalleryForm(request.GET, dataset=found.dataset).wanted()
    context = {
        "image": found,
        "dataset": found.dataset,
        "boxes": Box.objects.filter(image=found).select_related("box_class"),
        "classes": found.dataset.classes.all(),
        "neighbours": gallery_of(found.dataset, user, wanted).neighbours(pk),
        "filters": f"?{request.GET.urlencode()}" if request.GET else "",
        "provenance": provenance_of(found, user),
        "frozen": found.frozen.select_related("version__dataset"),
        "may_edit": user.may(Right.EDIT_BOXES) and not found.is_pending,
        "change_kinds": BoxChange.Kind.choices,
        "change_sources": BoxChange.Source.choices,
    }
    return render(request, "labelling/image.html", context)


@require_safe
@require(Right.VIEW_DATASETS)
def image_file(request: HttpRequest, pk: int) -> HttpResponse:
    return picture_answer(request, _image(person(request), pk))


@require_safe
@require(Right.VIEW_DATASETS)
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    return thumbnail_answer(request, _image(person(request), pk))


def _image(user: User, pk: int) -> Image:
    return get_object_or_404(Image.objects.for_user(user), pk=pk)
