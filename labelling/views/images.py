"""The gallery of a dataset, the page of one image, and the files of both, served by primary key."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.models import User
from accounts.rights import Right
from labelling.downloads import picture_answer, thumbnail_answer
from labelling.forms import GalleryForm
from labelling.models import Box, Image
from labelling.provenance import provenance_of
from labelling.summaries import images_for_gallery
from labelling.views.datasets import dataset_of

PAGE = 48


@require_safe
@require(Right.VIEW_DATASETS)
def images(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    dataset = dataset_of(user, pk)
    form = GalleryForm(request.GET, dataset=dataset)
    wanted = form.cleaned_data if form.is_valid() else {"box_class": "", "state": ""}
    found = images_for_gallery(Image.objects.for_user(user).filter(dataset=dataset), **wanted)
    context = {
        "dataset": dataset,
        "form": form,
        "filtered": any(wanted.values()),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "labelling/images.html", context)


@require_safe
@require(Right.VIEW_DATASETS)
def image(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    rows = Image.objects.for_user(user).select_related("dataset", "brought_by")
    found = get_object_or_404(rows, pk=pk)
    others = Image.objects.for_user(user).filter(dataset=found.dataset)
    context = {
        "image": found,
        "dataset": found.dataset,
        "boxes": Box.objects.filter(image=found).select_related("box_class"),
        "before": others.filter(pk__lt=pk).order_by("-pk").values_list("pk", flat=True).first(),
        "after": others.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True).first(),
        "provenance": provenance_of(found, user),
        "frozen": found.frozen.select_related("version__dataset"),
    }
    return render(request, "labelling/image.html", context)


@require_safe
@require(Right.VIEW_DATASETS)
def image_file(request: HttpRequest, pk: int) -> HttpResponse:
    return picture_answer(_image(person(request), pk))


@require_safe
@require(Right.VIEW_DATASETS)
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    return thumbnail_answer(_image(person(request), pk))


def _image(user: User, pk: int) -> Image:
    return get_object_or_404(Image.objects.for_user(user), pk=pk)
