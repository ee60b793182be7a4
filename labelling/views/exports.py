"""The page that offers exports of a dataset, and the export itself."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.downloads import export_answer
from labelling.exporting import FORMATS
from labelling.formats.content import content_of
from labelling.forms import ExportForm
from labelling.models import Dataset
from labelling.views.datasets import dataset_of


@require_safe
@require(Right.VIEW_DATASETS)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be had of a dataset. `?version=3` chooses a version beforehand."""
    dataset = dataset_of(person(request), pk)
    initial = {"export_format": "voc", "version": request.GET.get("version", "")}
    return _page(request, dataset, ExportForm(dataset=dataset, initial=initial))


@require_safe
@require(Right.VIEW_DATASETS)
def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A dataset or version as a zip, sent while it is made."""
    dataset = dataset_of(person(request), pk)
    form = ExportForm(request.GET, dataset=dataset)
    if not form.is_valid():
        return _page(request, dataset, form)
    content = content_of(dataset, form.cleaned_data["version"])
    return export_answer(request, content, form.cleaned_data["export_format"])


def _page(request: HttpRequest, dataset: Dataset, form: ExportForm) -> HttpResponse:
    context = {"dataset": dataset, "form": form, "formats": FORMATS.items()}
    return render(request, "labelling/export.html", context, status=400 if form.errors else 200)
