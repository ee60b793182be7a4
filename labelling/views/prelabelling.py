"""Starts a release over pictures of a dataset, and shows what came of it."""

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.forms import GalleryForm, PrelabelForm
from labelling.gallery import gallery_of
from labelling.models import Dataset, Image, PreLabel, Proposal
from labelling.opinions import likely_errors
from labelling.services.prelabelling import prelabel_start
from labelling.views.datasets import dataset_of
from releases.models import ModelRelease

NEWEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.EDIT_BOXES)
def prelabel_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what a release is to do, and start it.

    On which pictures: those posted as `images`, else those that the gallery's filters in the
    address choose, else all that have come.
    """
    dataset = dataset_of(person(request), pk)
    filtered = _filtered(request, dataset)
    form = PrelabelForm(request.POST if request.method == "POST" else None, dataset=dataset, user=person(request))
    if form.is_valid():
        chosen = form.cleaned_data["images"] if form.cleaned_data["images"].exists() else filtered
        try:
            row = prelabel_start(dataset=dataset, images=chosen, by=person(request), **form.wishes())
            return redirect("labelling:prelabel", pk=row.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, dataset, form, filtered)


@require_safe
@require(Right.VIEW_DATASETS)
def prelabel(request: HttpRequest, pk: int) -> HttpResponse:
    """One pre-labelling: how far it is, then what came of it."""
    rows = PreLabel.objects.for_user(person(request)).select_related("dataset", "release", "job", "created_by")
    row = get_object_or_404(_with_counts(rows), pk=pk)
    context = {
        "prelabel": row,
        "dataset": row.dataset,
        "job": row.job,
        "report": row.report,
        "likely_errors": likely_errors(row.dataset).count() if row.release.is_active else 0,
    }
    return render(request, "labelling/prelabel.html", context)


def _filtered(request: HttpRequest, dataset: Dataset) -> QuerySet[Image] | None:
    """The images that the gallery shows with the filters in the address; None without filters."""
    wanted = GalleryForm(request.GET, dataset=dataset).wanted() | {"order": ""}
    return gallery_of(dataset, person(request), wanted).images if any(wanted.values()) else None


def _page(request: HttpRequest, dataset: Dataset, form: PrelabelForm, filtered: QuerySet[Image] | None) -> HttpResponse:
    images = Image.objects.for_user(person(request)).filter(dataset=dataset) if filtered is None else filtered
    context = {
        "dataset": dataset,
        "form": form,
        "filtered": filtered is not None,
        "chosen": len(request.POST.getlist("images")),
        "count": images.exclude(file="").order_by().count(),
        "active": ModelRelease.objects.active().first(),
        "earlier": _with_counts(dataset.prelabels.select_related("release", "job", "created_by"))[:NEWEST],
    }
    return render(request, "labelling/prelabel_add.html", context, status=400 if form.errors else 200)


def _with_counts(rows: QuerySet[PreLabel]) -> QuerySet[PreLabel]:
    """Pre-labellings, the newest first, with how many of their proposals are open, accepted and thrown away."""
    return rows.order_by("-created_at", "-pk").annotate(
        **{
            f"{state.value}_count": Count("proposals", filter=Q(proposals__state=state.value))
            for state in Proposal.State
        }
    )
