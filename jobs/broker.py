"""The entries of the django-q broker that point at jobs. Losing or doubling one does no harm."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from jobs.models import Job

TASK = "jobs.tasks.job_start"
LOST_AFTER = timedelta(seconds=5)


def broker_put(job: Job) -> None:
    """Once the row is committed, hand it to the cluster of its queue.

    When that fails it is logged, and `broker_repair` does it: whoever committed must not take it for undone.
    """
    pk, attempt, queue = job.pk, job.attempt, job.queue
    transaction.on_commit(lambda: _put(pk, attempt, queue), robust=True)


def _put(pk: int, attempt: int, queue: str) -> None:
    async_task(TASK, pk, attempt, cluster=queue, save=False, task_name=f"job-{pk}-{attempt}"[:100])


def broker_repair() -> int:
    """Drop the entries of attempts that are over, and put back queued jobs that no waiting entry points at.

    An entry that some cluster took (`lock` in the future) may be lost with that cluster's worker, so it does not
    count as waiting; if it was not lost, the second entry finds the job no longer queued and does nothing.
    """
    now = timezone.now()
    attempts = dict(Job.objects.unfinished().values_list("pk", "attempt"))
    waiting: set[int] = set()
    for entry in OrmQ.objects.all():
        if entry.task.get("func") != TASK:
            continue
        pk, attempt = entry.task["args"]
        if attempts.get(pk) != attempt:
            entry.delete()
        elif entry.lock is None or entry.lock <= now:
            waiting.add(pk)
    lost = Job.objects.filter(state=Job.State.QUEUED, queued_at__lte=now - LOST_AFTER).exclude(pk__in=waiting)
    for job in lost:
        broker_put(job)
    return len(lost)
