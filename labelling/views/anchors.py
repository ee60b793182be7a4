"""The anchor lab: what anchors a dataset or version would have, how well they fit, and keeping them with a version."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import person, posted_from, require
from accounts.rights import Right
from labelling.anchors import AnchorLab, anchor_lab, dataset_sizes, version_sizes
from labelling.forms import AnchorForm
from labelling.models import Dataset
from labelling.versions import version_choose_anchors
from labelling.views.datasets import dataset_of

USUAL = {"net_size": 416, "count": 9}


@require_safe
@require(Right.VIEW_DATASETS)
def anchors(request: HttpRequest, pk: int) -> HttpResponse:
    """Anchors at the net size, count and version in the address."""
    dataset = dataset_of(person(request), pk)
    form = AnchorForm(request.GET if "net_size" in request.GET else USUAL, dataset=dataset)
    return _page(request, dataset, form)


@posted_from("labelling:anchors")
@require(Right.MANAGE_DATASETS)
def anchors_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the anchors that the page shows with their version."""
    dataset = dataset_of(person(request), pk)
    form = AnchorForm(request.POST, dataset=dataset)
    form.fields["version"].required = True
    if form.is_valid():
        try:
            version_choose_anchors(by=person(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    if form.errors:
        return _page(request, dataset, form, status=400)
    chosen = {**form.cleaned_data, "version": form.cleaned_data["version"].number}
    return redirect(f"{reverse('labelling:anchors', args=[pk])}?{urlencode(chosen)}")


def _page(request: HttpRequest, dataset: Dataset, form: AnchorForm, status: int = 200) -> HttpResponse:
    lab = None
    version = form.cleaned_data.get("version") if form.is_valid() else None
    if form.is_valid():
        try:
            lab = _lab(dataset, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "dataset": dataset,
        "form": form,
        "lab": lab,
        "version": version,
        "scales": _scales(lab) if lab else [],
        "chart": _chart(lab) if lab else None,
        "may_manage": person(request).may(Right.MANAGE_DATASETS),
    }
    return render(request, "labelling/anchors.html", context, status=status)


def _lab(dataset: Dataset, *, net_size: int, count: int, version: Any) -> AnchorLab:
    sizes = version_sizes(version, net_size=net_size) if version else dataset_sizes(dataset, net_size=net_size)
    return anchor_lab(sizes, count=count)


def _scales(lab: AnchorLab) -> list[dict[str, Any]]:
    """The share of the boxes that each scale gets, with the fitted anchors and with COCO's."""
    both = zip(lab.fitted.scales, lab.coco.scales, strict=True)
    return [{"name": fitted.name, "fitted": fitted.share, "coco": coco.share} for fitted, coco in both]


def _chart(lab: AnchorLab) -> dict[str, Any]:
    """What the charts draw."""
    return {
        "sweep": [{"count": count, "iou": round(iou, 4)} for count, iou in lab.sweep],
        "coco_iou": round(lab.coco.mean_iou, 4),
        "boxes": lab.sample,
        "anchors": [[row.width, row.height] for row in lab.fitted.anchors],
        "coco": [[row.width, row.height] for row in lab.coco.anchors],
    }
