"""Background work as rows. The row is the truth: queue entries and websocket messages only point at it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right


class Queue(models.TextChoices):
    """The django-q cluster that runs a job."""

    SHORT = "short", _("short jobs")
    DETECTION = "detection", _("detection")
    TRAINING = "training", _("training")


class JobQuerySet(models.QuerySet["Job"]):
    def for_user(self, user: User) -> Self:
        """The jobs a person may see in lists: all with the right, else their own."""
        return self if user.may(Right.SEE_ALL_JOBS) else self.filter(owner=user)

    def unfinished(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def held_by(self, *, pk: int, attempt: int) -> Self:
        """The row of this job if this very attempt still runs it: the guard of each write of a runner."""
        return self.filter(pk=pk, attempt=attempt, state=Job.State.RUNNING)


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(_("kind"), max_length=60, help_text=_("A name registered in jobs.kinds."))
    title = models.CharField(_("title"), max_length=200)
    queue = models.CharField(_("queue"), max_length=20, choices=Queue.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs"
    )
    target_id = models.PositiveBigIntegerField(_("target"), null=True, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(
        _("attempt"), default=1, help_text=_("Fences off older attempts: only the current one may write.")
    )
    crashes = models.PositiveIntegerField(_("crashes"), default=0, help_text=_("How often its process died."))
    done = models.PositiveBigIntegerField(_("done"), default=0)
    done_at_start = models.PositiveBigIntegerField(default=0, help_text=_("Where this attempt went on."))
    total = models.PositiveBigIntegerField(_("total"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    message = models.CharField(_("message"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("heartbeat"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancel requested"), null=True, blank=True)
    host = models.CharField(max_length=255, blank=True)
    process_group = models.PositiveIntegerField(null=True, blank=True)

    failure = models.CharField(_("what went wrong"), max_length=500, blank=True)
    traceback = models.TextField(_("traceback"), blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "heartbeat_at"]), models.Index(fields=["kind", "target_id"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "succeeded", "failed", "cancelled"]),
                name="job_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(started_at__isnull=False, heartbeat_at__isnull=False),
                name="job_running_has_heartbeat",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["succeeded", "failed", "cancelled"])
                | models.Q(finished_at__isnull=False),
                name="job_ended_has_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in {self.State.SUCCEEDED, self.State.FAILED, self.State.CANCELLED}
