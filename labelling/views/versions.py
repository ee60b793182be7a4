"""Two versions of a dataset, or a version and the dataset as it is now, held against each other."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.comparing import compare
from labelling.formats.content import content_of
from labelling.forms import ComparisonForm
from labelling.models import Dataset
from labelling.views.datasets import dataset_of

PAGE = 100


@require_safe
@require(Right.VIEW_DATASETS)
def versions_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed from the version `old` to the version `new` of the address, or to what the dataset holds now."""
    dataset = dataset_of(person(request), pk)
    newest = dataset.versions.order_by("-number").first()
    usual = {"old": str(newest.number)} if newest else {}
    form = ComparisonForm(request.GET if "old" in request.GET else usual, dataset=dataset)
    context = {"dataset": dataset, "form": form, "newest": newest}
    if newest and form.is_valid():
        context |= _difference(request, dataset, form)
    return render(request, "labelling/versions_compare.html", context)


def _difference(request: HttpRequest, dataset: Dataset, form: ComparisonForm) -> dict[str, object]:
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    difference = compare(content_of(dataset, old), content_of(dataset, new))
    return {
        "old": old,
        "new": new,
        "difference": difference,
        "images": [(kind, difference.count(kind)) for kind in ("added", "removed", "changed")],
        "page": Paginator(difference.images, PAGE).get_page(request.GET.get("page")),
    }
