"""Training runs and their epochs."""

from pathlib import Path
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from jobs.models import Job
from training.evaluations.models import Evaluation
from training.setbacks import setback_sentence
from yolo.config import LEAST_NET_SIZE, SIDE_STEP, TrainConfig, anchors_fit, network_named
from yolo.train_options import train_config

__all__ = [
    "LARGEST_NET_SIZE",
    "UNFINISHED",
    "AnchorSource",
    "Curve",
    "Epoch",
    "Evaluation",
    "Examination",
    "StartWeights",
    "TrainingRun",
    "TrainingRunQuerySet",
]

LARGEST_NET_SIZE = 1280
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_TRAINING) else self.none()

    def unfinished(self) -> Self:
        """Runs that are queued or under way."""
        return self.filter(job__state__in=UNFINISHED)

    def for_lists(self) -> Self:
        """Everything a row of a list shows, in one query: the unfinished first, then the newest."""
        place = models.Case(models.When(job__state__in=UNFINISHED, then=0), default=1)
        related = self.select_related("job", "version__dataset", "release", "created_by")
        return related.annotate(
            trained_epochs=models.Count("epochs_done"),
            trained_seconds=models.Sum("epochs_done__seconds"),
        ).order_by(place, "-created_at", "-pk")


class AnchorSource(models.TextChoices):
    """Where a run's anchors come from."""

    START = "start", _("of the model it starts from")
    VERSION = "version", _("kept with the dataset version")
    FIT = "fit", _("fitted anew to the boxes")


class TrainingRun(models.Model):
    """One training of one network on one frozen dataset version. Its state is its job's."""

    version = models.ForeignKey("labelling.DatasetVersion", on_delete=models.PROTECT, related_name="runs")
    crops_version = models.ForeignKey(
        "labelling.DatasetVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("single faces to paste in"),
    )
    start_release = models.ForeignKey(
        "releases.ModelRelease",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("start from"),
    )
    start_weights = models.ForeignKey(
        "training.StartWeights",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("start weights"),
    )
    release = models.OneToOneField(
        "releases.ModelRelease", on_delete=models.SET_NULL, null=True, blank=True, related_name="run"
    )
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    network = models.CharField(_("network"), max_length=40, default="yolov3-slim")
    net_size = models.PositiveIntegerField(
        _("net size"), default=416, validators=[MinValueValidator(LEAST_NET_SIZE), MaxValueValidator(LARGEST_NET_SIZE)]
    )
    epochs = models.PositiveIntegerField(
        _("epochs"), default=60, validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )
    batch = models.PositiveIntegerField(
        _("batch"), default=8, validators=[MinValueValidator(1), MaxValueValidator(256)]
    )
    seed = models.PositiveIntegerField(_("seed"), default=0)
    options = models.JSONField(
        _("further options"),
        default=dict,
        blank=True,
        help_text=_("Other fields of yolo.config.TrainConfig, where they differ from its defaults."),
    )
    ready_by = models.DateTimeField(
        _("ready by"), null=True, blank=True, help_text=_("When it begins, the option 'minutes' is set to fit.")
    )
    publish_best = models.BooleanField(
        _("publish the best so far"),
        default=False,
        help_text=_("Its job trains no further, but publishes what there is."),
    )
    anchors_from = models.CharField(
        _("anchors from"),
        max_length=10,
        choices=AnchorSource.choices,
        blank=True,
        default="",
        help_text=_("Empty until it begins: of the start where that fits, else of the version, else fitted."),
    )
    anchors = models.JSONField(default=list, blank=True, help_text=_("[width, height] in pixels at the net size"))
    best = models.JSONField(default=dict, blank=True, help_text=_("The best epoch and its validation metrics."))
    started_with = models.JSONField(
        default=dict, blank=True, help_text=_("taken: arrays that fitted; left_out: those that began at random")
    )
    setbacks = models.JSONField(
        default=list, blank=True, help_text=_("Where it diverged: epoch, step, trouble; epochs_kept, rate_share.")
    )
    test_metrics = models.JSONField(
        default=dict, blank=True, help_text=_("On the test split, looked at once, after the training.")
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(net_size__gte=288), name="run_net_size_from_288"),
            models.CheckConstraint(condition=models.Q(epochs__gte=1, batch__gte=1), name="run_epochs_and_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.network} #{self.pk}"

    def clean(self) -> None:
        """What the values must be to each other; errors are keyed by field."""
        errors: dict[str, str | Promise] = {}
        try:
            network_named(self.network)
        except ValueError as error:
            errors["network"] = str(error)
        if self.net_size is not None and self.net_size % SIDE_STEP:
            sentence = _("The net size is a multiple of %(step)s, such as %(next)s.")
            next_up = self.net_size + SIDE_STEP - self.net_size % SIDE_STEP
            errors["net_size"] = sentence % {"step": SIDE_STEP, "next": next_up}
        if self._crops_are_of_the_same_dataset():
            errors["crops_version"] = _("Single faces must come from another dataset than the photographs.")
        if self.start_weights is not None and self.start_weights.network != self.network:
            errors["start_weights"] = _("These weights are those of another network.")
        if self.start_weights is not None and self.start_release is not None:
            errors["start_weights"] = _("A run starts from a model or from weights, not from both.")
        if self.options.get("freeze_known"):
            errors |= self._freezing_all()
        if self.anchors_from == AnchorSource.START and not self.start_fits_anchors:
            errors["anchors_from"] = _(
                "These are the anchors of a model to start from, of the same network and net size."
            )
        if self.anchors_from == AnchorSource.VERSION and "network" not in errors and not self.version_has_anchors:
            errors["anchors_from"] = _("No anchors for this network and net size are kept with the version.")
        if errors:
            raise ValidationError(errors)

    def _freezing_all(self) -> dict[str, str | Promise]:
        """Why nothing would learn if only what is new may."""
        start = self.start_release
        if start is None and self.start_weights is None:
            return {"options": _("freeze_known needs a model or weights to start from.")}
        if start is None or self.version_id is None or start.network != self.network:
            return {}
        if set(self.version.classes) - set(start.classes):
            return {}
        return {"options": _("freeze_known leaves nothing to learn: the model has weights for every layer.")}

    def _crops_are_of_the_same_dataset(self) -> bool:
        if self.version_id is None or self.crops_version is None:
            return False
        return self.crops_version.dataset_id == self.version.dataset_id

    @property
    def start_fits_anchors(self) -> bool:
        """Whether it starts from a release whose anchors fit: of its scales or the finer of them, at any width, and its
        net size."""
        start = self.start_release
        if start is None or start.net_size != self.net_size:
            return False
        return anchors_fit(self.network, start.network)

    @property
    def version_has_anchors(self) -> bool:
        """Whether anchors for this network and net size were chosen for the version, and kept with it."""
        if self.version_id is None:
            return False
        kept = self.version.anchors
        count = network_named(self.network).anchor_count
        return kept.get("net_size") == self.net_size and len(kept.get("anchors", [])) == count

    @property
    def setback_sentences(self) -> list[str]:
        """Its setbacks for people."""
        return [setback_sentence(setback) for setback in self.setbacks]

    @property
    def is_timed(self) -> bool:
        """Whether it ends by the clock and does as many epochs as fit."""
        return self.ready_by is not None or bool(self.options.get("minutes"))

    @property
    def can_publish_best(self) -> bool:
        """Whether it was broken off after an epoch that could be published."""
        broken_off = self.job is None or self.job.state in (Job.State.CANCELLED, Job.State.FAILED)
        return broken_off and self.release_id is None and bool(self.best.get("epoch"))

    @property
    def can_resume(self) -> bool:
        """Whether it was broken off, other than by diverging for good: that checkpoint leads there again."""
        if self.job is None or self.release_id is not None:
            return False
        diverged = self.job.state == Job.State.FAILED and self.job.detail.get("diverged", False)
        return self.job.state in (Job.State.CANCELLED, Job.State.FAILED) and not diverged

    def configuration(self) -> TrainConfig:
        """The whole recipe of this run. Raises ValueError with a sentence when an option makes no sense."""
        named = ("network", "net_size", "epochs", "batch", "seed")
        return train_config({**{name: getattr(self, name) for name in named}, **self.options})


class StartWeights(models.Model):
    """A Darknet `.weights` file to start trainings from, kept in the data folder under its hash."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    network = models.CharField(_("network"), max_length=40)
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    layers = models.PositiveIntegerField(_("convolutions"), help_text=_("How many of the network's it holds."))
    source = models.CharField(
        _("source"), max_length=500, help_text=_("Address or file name. No hash of it is published to compare with.")
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("start weights")
        verbose_name_plural = _("start weights")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "weights" / f"{self.sha256}.weights"


class Epoch(models.Model):
    """What one epoch brought: mean losses over its steps and, where it was validated, the metrics."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="epochs_done")
    number = models.PositiveIntegerField(_("epoch"))
    losses = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    learning_rate = models.FloatField(_("learning rate"))
    seconds = models.FloatField(_("seconds"))
    data_share = models.FloatField(
        _("share of the pictures"),
        null=True,
        blank=True,
        help_text=_("Of the processor time of its steps, what went into reading pictures and composing canvases."),
    )

    class Meta:
        verbose_name = _("epoch")
        verbose_name_plural = _("epochs")
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="epoch_once_a_run")]

    def __str__(self) -> str:
        return f"{self.run} epoch {self.number}"


class Curve(models.Model):
    """The course of a run by its steps, thinned, see training.curve; written every few seconds while it trains."""

    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, related_name="curve")
    points = models.JSONField(
        default=list, help_text=_("For each: epochs done, steps, learning rate, loss, box, objectness, classes.")
    )
    width = models.PositiveIntegerField(default=1, help_text=_("Steps that a point at least stands for."))
    peak_megabytes = models.PositiveIntegerField(_("memory at most, in MB"), null=True, blank=True)

    class Meta:
        verbose_name = _("curve")
        verbose_name_plural = _("curves")

    def __str__(self) -> str:
        return f"{self.run} by its steps"


class Examination(models.Model):
    """A close look at the detections of a run's best epoch on its validation pictures, at the release's thresholds."""

    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, related_name="examination")
    classes = models.JSONField(help_text=_("The names of the classes, in the order of what follows."))
    thresholds = models.JSONField(help_text=_("For each class the score from which it counts."))
    curves = models.JSONField(help_text=_("For each class precision by recall and F1 by threshold, in steps of 0.02."))
    confusion = models.JSONField(
        help_text=_("Rows are true classes, columns predicted ones; last comes the background.")
    )
    reliability = models.JSONField(help_text=_("bins: mean score, share that is right, count; error: their distance."))
    pictures = models.JSONField(help_text=_("Errors of each picture, worst first, with its boxes where there are any."))

    class Meta:
        verbose_name = _("examination")
        verbose_name_plural = _("examinations")

    def __str__(self) -> str:
        return f"{self.run} examined"
