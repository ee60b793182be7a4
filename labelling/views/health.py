"""Whether a dataset is fit to train on, and the pictures behind each thing that may be wrong."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.health import EXPLAINED, NET_SIZE, Finding, dataset_health
from labelling.models import Box, Image, Opinion
from labelling.opinions import label_check
from labelling.views.datasets import dataset_of

PAGE = 48


@require_safe
@require(Right.VIEW_DATASETS)
def health(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_of(person(request), pk)
    found = dataset_health(dataset)
    context = {
        "dataset": dataset,
        "health": found,
        "net_size": NET_SIZE,
        "label_check": label_check(dataset),
        "may_check": person(request).may(Right.EDIT_BOXES),
        "findings": [(each, EXPLAINED[each], len(found.findings[each])) for each in Finding],
    }
    return render(request, "labelling/health.html", context)


@require_safe
@require(Right.VIEW_DATASETS)
def health_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """The pictures of one finding, `?finding=tiny`; to the health page for what is none."""
    dataset = dataset_of(person(request), pk)
    if request.GET.get("finding") not in Finding.values:
        return redirect("labelling:health", pk=pk)
    finding = Finding(request.GET["finding"])
    page = Paginator(dataset_health(dataset).findings[finding], PAGE).get_page(request.GET.get("page"))
    context = {
        "dataset": dataset,
        "finding": finding,
        "explained": EXPLAINED[finding],
        "page": page,
        "images": _in_order(list(page), with_opinions=finding == Finding.DOUBTED),
    }
    return render(request, "labelling/health_pictures.html", context)


def _in_order(keys: Sequence[int], *, with_opinions: bool) -> list[Image]:
    """The images with their boxes, and `active_opinions`, what the active release says of them, if wished."""
    images = Image.objects.prefetch_related(Prefetch("boxes", queryset=Box.objects.select_related("box_class")))
    if with_opinions:
        opinions = Opinion.objects.filter(release__is_active=True)
        images = images.prefetch_related(Prefetch("opinions", queryset=opinions, to_attr="active_opinions"))
    found = images.in_bulk(keys)
    return [found[key] for key in keys if key in found]
