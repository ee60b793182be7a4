"""The gallery of a dataset, and what is done with images chosen in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.forms import GalleryForm
from labelling.gallery import GalleryPages, gallery_of, with_boxes_by_key
from labelling.views.datasets import dataset_of

PAGE = 48


@require_safe
@require(Right.VIEW_DATASETS)
def images(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    dataset = dataset_of(user, pk)
    form = GalleryForm(request.GET, dataset=dataset)
    wanted = form.wanted()
    page = GalleryPages(gallery_of(dataset, user, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "dataset": dataset,
        "form": form,
        "filtered": any(value for name, value in wanted.items() if name != "order"),
        "page": page,
        "images": with_boxes_by_key(list(page)),
    }
    return render(request, "labelling/images.html", context)
