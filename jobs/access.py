"""Who sees a job, and who may stop it or start it again."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.rights import Right
from jobs.kinds import kind_of
from jobs.models import Job


def may_see(user: User, job: Job) -> bool:
    """The owner, whoever sees all jobs, and whoever the job's kind lets see its target."""
    if may_control(user, job):
        return True
    visible = kind_of(job.kind).visible
    return bool(visible and job.target_id is not None and import_string(visible)(user, job.target_id))


def may_control(user: User, job: Job) -> bool:
    return user.is_active and (job.owner_id == user.pk or user.may(Right.SEE_ALL_JOBS))


def job_seen_by(user: User, pk: int) -> Job:
    """The job, or Http404 for one that is not there or not theirs to see."""
    job = Job.objects.select_related("owner").filter(pk=pk).first()
    if job is None or not may_see(user, job):
        raise Http404
    return job


def job_controlled_by(user: User, pk: int) -> Job:
    """The job, or Http404 as above, or PermissionDenied for those who may only look."""
    job = job_seen_by(user, pk)
    if not may_control(user, job):
        raise PermissionDenied
    return job
