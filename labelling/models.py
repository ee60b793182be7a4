"""Labelled pictures, the imports that brought them, and the frozen versions that training names."""

from datetime import timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from jobs.models import Job

IMPORT_KIND: Final = "labelling.import"  # the kind of job that runs a LabelImport
DEAD_AFTER: Final = timedelta(minutes=1)  # without a heartbeat; a supervisor has long since seen to it


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()


class Dataset(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BoxClass(models.Model):
    """A class of boxes in one dataset, such as with_mask."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="class_unique_in_dataset")]

    def __str__(self) -> str:
        return self.name


class LabelImportQuerySet(models.QuerySet["LabelImport"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()

    def underway(self) -> Self:
        """Imports that wait or run. One whose process died, a command that was killed say, holds nobody up."""
        alive = models.Q(state=Job.State.QUEUED) | models.Q(heartbeat_at__gte=timezone.now() - DEAD_AFTER)
        jobs = Job.objects.unfinished().filter(alive, kind=IMPORT_KIND)
        return self.filter(finished_at=None, pk__in=jobs.values("target_id"))


class LabelImport(models.Model):
    """One import of an export file. What it brings becomes visible when it has finished."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="imports")
    export = models.FileField(_("export"), upload_to="imports/", max_length=200)
    export_name = models.CharField(_("file name"), max_length=255)
    pictures = models.FileField(_("pictures"), upload_to="imports/", max_length=200, blank=True)
    pictures_path = models.CharField(
        max_length=4096, blank=True, help_text=_("A folder or zip of pictures on this machine, named by a command.")
    )
    class_map = models.JSONField(default=dict, blank=True)
    class_names = models.JSONField(
        default=dict, blank=True, help_text=_("The classes of the export, each with the name it has in the dataset.")
    )
    dry_run = models.BooleanField(
        _("only a look"), default=False, help_text=_("Tells what would become of each record and stores nothing.")
    )
    report = models.JSONField(_("report"), default=dict, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = LabelImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.export_name


def import_is_visible(user: User, target_id: int) -> bool:
    """Whether a person may see the job of an import, for `jobs.kinds`."""
    return LabelImport.objects.for_user(user).filter(pk=target_id).exists()


class ImageQuerySet(models.QuerySet["Image"]):
    def for_user(self, user: User) -> Self:
        return self.visible() if user.may(Right.VIEW_DATASETS) else self.none()

    def visible(self) -> Self:
        """Images of imports that have finished (or that came otherwise)."""
        return self.filter(models.Q(brought_by__isnull=True) | models.Q(brought_by__finished_at__isnull=False))


class Image(models.Model):
    """One picture of a dataset; pending until its file has come."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="images")
    external_id = models.CharField(_("external ID"), max_length=255)
    file = models.FileField(_("file"), upload_to="images/", max_length=200, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True, help_text=_("pixels, upright"))
    height = models.PositiveIntegerField(_("height"), null=True, blank=True, help_text=_("pixels, upright"))
    depth = models.PositiveSmallIntegerField(_("depth"), null=True, blank=True, help_text=_("colour channels"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, db_index=True)
    perceptual_hash = models.CharField(max_length=16, blank=True, help_text=_("64-bit difference hash, hexadecimal"))
    seconds_to_label = models.FloatField(_("seconds to label"), null=True, blank=True)
    labelled = models.BooleanField(_("labelled"), default=True)
    edited_at = models.DateTimeField(
        _("edited"),
        null=True,
        blank=True,
        help_text=_("When a person last changed its boxes; imports leave them then."),
    )
    source_row = models.JSONField(default=dict, blank=True)
    label_digest = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 of the classes and boxes as the last import gave them")
    )
    brought_by = models.ForeignKey(LabelImport, on_delete=models.SET_NULL, null=True, blank=True, related_name="images")
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "external_id"], name="image_unique_in_dataset"),
            models.CheckConstraint(
                condition=models.Q(file="") | models.Q(width__gt=0, height__gt=0, depth__gt=0) & ~models.Q(sha256=""),
                name="image_with_file_is_measured",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def is_pending(self) -> bool:
        return not self.file


class Box(models.Model):
    """A labelled object: xyxy in pixels of the upright picture, right and bottom exclusive."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="boxes")
    box_class = models.ForeignKey(BoxClass, on_delete=models.RESTRICT, related_name="boxes", verbose_name=_("class"))
    x_min = models.FloatField()
    y_min = models.FloatField()
    x_max = models.FloatField()
    y_max = models.FloatField()

    class Meta:
        verbose_name = _("box")
        verbose_name_plural = _("boxes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    x_min__gte=0, y_min__gte=0, x_max__gt=models.F("x_min"), y_max__gt=models.F("y_min")
                ),
                name="box_has_an_area",
            )
        ]

    def __str__(self) -> str:
        return f"{self.box_class} {self.x_min:.0f},{self.y_min:.0f},{self.x_max:.0f},{self.y_max:.0f}"

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x_min, self.y_min, self.x_max, self.y_max

    @property
    def width(self) -> float:
        return self.x_max - self.x_min

    @property
    def height(self) -> float:
        return self.y_max - self.y_min


class DatasetVersionQuerySet(models.QuerySet["DatasetVersion"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()


class DatasetVersion(models.Model):
    """A dataset frozen: each image with its boxes and split as they were. Training always names one."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    classes = models.JSONField(_("classes"))
    seed = models.PositiveIntegerField(_("seed"), default=0)
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    anchors = models.JSONField(
        _("anchors"), default=dict, blank=True, help_text=_("net_size, seed, anchors [[width, height]], mean_iou")
    )
    created_at = models.DateTimeField(_("frozen"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DatasetVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset version")
        verbose_name_plural = _("dataset versions")
        ordering = ["dataset", "-number"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="version_number_unique")]

    def __str__(self) -> str:
        return f"{self.dataset} v{self.number}"


class Split(models.TextChoices):
    TRAIN = "train", _("train")
    VALIDATION = "validation", _("validation")
    TEST = "test", _("test")


class VersionImage(models.Model):
    """One image as a version froze it; the file is shared with the image, which a version protects."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="images")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="frozen")
    split = models.CharField(_("split"), max_length=10, choices=Split.choices)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    boxes = models.JSONField(default=list, help_text=_("[class index, x_min, y_min, x_max, y_max] per box"))

    class Meta:
        verbose_name = _("frozen image")
        verbose_name_plural = _("frozen images")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "image"], name="frozen_image_once"),
            models.CheckConstraint(condition=models.Q(split__in=Split.values), name="frozen_image_split_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.image} ({self.split})"
