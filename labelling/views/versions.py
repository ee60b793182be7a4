"""Versions of a dataset: their test split locked, and two of them held against each other."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.comparing import compare
from labelling.formats.content import content_of
from labelling.forms import ComparisonForm, TestLockForm
from labelling.models import Dataset
from labelling.services import splits
from labelling.views.datasets import dataset_of

PAGE = 100


@require_POST
@require(Right.MANAGE_DATASETS)
def test_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let later versions test on what the chosen one tests on."""
    dataset = dataset_of(person(request), pk)
    form = TestLockForm(request.POST, dataset=dataset)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            splits.test_split_lock(version=version, by=person(request))
        except ValidationError as error:
            form.add_error(None, error)
    if form.errors:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("Test split locked to v%(number)d.") % {"number": version.number})
    return redirect("labelling:dataset", pk=pk)


@require_POST
@require(Right.MANAGE_DATASETS)
def test_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    splits.test_split_unlock(dataset=dataset_of(person(request), pk), by=person(request))
    messages.success(request, _("The test split is unlocked: the next version deals it out anew."))
    return redirect("labelling:dataset", pk=pk)


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
