"""Shows how far a change of many images is, and what it has changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import person, require
from accounts.rights import Right
from labelling.models import BulkAction, BulkChange


@require_safe
@require(Right.VIEW_DATASETS)
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    rows = BulkChange.objects.for_user(person(request)).select_related("dataset", "job", "created_by")
    row = get_object_or_404(rows.defer("image_keys"), pk=pk)
    context = {
        "bulk": row,
        "dataset": row.dataset,
        "job": row.job,
        "report": row.report,
        "of_boxes": row.action == BulkAction.MERGE,
    }
    return render(request, "labelling/bulk.html", context)
