"""The page that offers exports of a dataset, and the export itself."""

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.exporting import FORMATS, asynchronously, zip_stream
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
    chosen = form.cleaned_data["export_format"]
    content = content_of(dataset, form.cleaned_data["version"])
    parts = zip_stream(FORMATS[chosen].entries(content))
    body = asynchronously(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{content.title}-{chosen}.zip") or "attachment"
    return response


def _page(request: HttpRequest, dataset: Dataset, form: ExportForm) -> HttpResponse:
    context = {"dataset": dataset, "form": form, "formats": FORMATS.items()}
    return render(request, "labelling/export.html", context, status=400 if form.errors else 200)
