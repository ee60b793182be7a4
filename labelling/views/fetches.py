"""Reads the pictures that a dataset misses from their addresses, and shows what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.models import Image, PictureFetch
from labelling.services.fetches import fetch_start
from labelling.views.datasets import dataset_of

SHOWN: Final = 10  # pictures of each reason


@dataclass(frozen=True)
class Failure:
    """Why some pictures did not come, and the first of them."""

    reason: str
    count: int
    first: list[dict[str, Any]]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@require_POST
@require(Right.MANAGE_DATASETS)
def fetch_add(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_of(person(request), pk)
    try:
        return redirect("labelling:fetch", pk=fetch_start(dataset=dataset, by=person(request)).pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("labelling:dataset", pk=pk)


@require_safe
@require(Right.VIEW_DATASETS)
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    rows = PictureFetch.objects.for_user(person(request)).select_related("dataset", "job", "created_by")
    row = get_object_or_404(rows, pk=pk)
    context = {
        "fetch": row,
        "dataset": row.dataset,
        "job": row.job,
        "report": row.report,
        "failures": failures_of(row.report),
        "address_refused": "address-refused" in row.report.get("failed", {}),
        "missing": Image.objects.visible().filter(dataset=row.dataset, file="").count(),
        "may_manage": person(request).may(Right.MANAGE_DATASETS),
    }
    return render(request, "labelling/fetch.html", context)


def failures_of(report: Mapping[str, Any]) -> list[Failure]:
    """The reasons of a report, the most frequent first."""
    first = report.get("first", {})
    return [Failure(reason, count, first.get(reason, [])[:SHOWN]) for reason, count in report.get("failed", {}).items()]
