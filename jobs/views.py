"""Pages of jobs. Everybody signed in has them: they show one's own jobs and those one may see."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person
from accounts.rights import Right
from jobs.access import job_controlled_by, job_seen_by, may_control
from jobs.models import Job
from jobs.services import job_cancel, job_resume
from jobs.snapshot import job_snapshot, result_page

PAGE = 50
BELL_ROWS = 5
BELL_SINCE = timedelta(days=1)


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    mine = Job.objects.for_user(person(request))
    state = request.GET.get("state", "")
    state = state if state in Job.State.values else ""
    rows = mine.filter(state=state) if state else mine
    page = Paginator(rows.select_related("owner"), PAGE).get_page(request.GET.get("page"))
    counts = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    filters = [("", _("all"), sum(counts.values()))]
    filters += [(value, str(label), counts.get(value, 0)) for value, label in Job.State.choices]
    return render(request, "jobs/jobs.html", {"page": page, "filters": filters, "state": state})


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = job_seen_by(user, pk)
    context = {
        "job": row,
        "snapshot": job_snapshot(row),
        "may_control": may_control(user, row),
        "traceback": row.traceback if user.may(Right.SEE_ALL_JOBS) else "",
    }
    return render(request, "jobs/job.html", context)


@require_GET
@never_cache
def snapshot(request: HttpRequest, pk: int) -> JsonResponse:
    return JsonResponse(job_snapshot(job_seen_by(person(request), pk)))


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    job_cancel(job=job_controlled_by(user, pk), by=user)
    return redirect("jobs:job", pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    try:
        job_resume(job=job_controlled_by(user, pk), by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("jobs:job", pk)


@require_GET
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """How many of one's own jobs run, and how many ended within a day; the newest of them."""
    own = Job.objects.filter(owner=person(request))
    recent = Q(finished_at__gte=timezone.now() - BELL_SINCE)
    counts = own.aggregate(
        unfinished=Count("pk", filter=Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])),
        succeeded=Count("pk", filter=recent & Q(state=Job.State.SUCCEEDED)),
        failed=Count("pk", filter=recent & Q(state=Job.State.FAILED)),
    )
    newest = [{"job": row, "page": result_page(row)} for row in own[:BELL_ROWS]]
    return render(request, "jobs/_bell.html", {"counts": counts, "newest": newest})
