"""Images, their boxes, and every change of a box."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from labelling.models.datasets import BoxClass, Dataset
from labelling.models.imports import LabelImport
from labelling.models.rectangles import HAS_AN_AREA, Rectangle


class Split(models.TextChoices):
    TRAIN = "train", _("train")
    VALIDATION = "validation", _("validation")
    TEST = "test", _("test")


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
        help_text=_(
            "When a person last changed its boxes or marked it as labelled or not; imports leave its boxes then."
        ),
    )
    source_row = models.JSONField(default=dict, blank=True)
    label_digest = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 of the classes and boxes as the last import gave them")
    )
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Grows with each change of its boxes, so that editors notice.")
    )
    fixed_split = models.CharField(
        _("fixed split"),
        max_length=10,
        choices=Split.choices,
        blank=True,
        help_text=_("The part that new versions put it into, whatever their seed."),
    )
    brought_by = models.ForeignKey(LabelImport, on_delete=models.SET_NULL, null=True, blank=True, related_name="images")
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["pk"]
        indexes = [models.Index(fields=["dataset", "edited_at"])]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "external_id"], name="image_unique_in_dataset"),
            models.CheckConstraint(
                condition=models.Q(file="") | models.Q(width__gt=0, height__gt=0, depth__gt=0) & ~models.Q(sha256=""),
                name="image_with_file_is_measured",
            ),
            models.CheckConstraint(
                condition=models.Q(fixed_split__in=["", *Split.values]), name="image_fixed_split_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def is_pending(self) -> bool:
        return not self.file


class Box(Rectangle):
    """A labelled object: xyxy in pixels of the upright picture, right and bottom exclusive."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="boxes")
    box_class = models.ForeignKey(BoxClass, on_delete=models.RESTRICT, related_name="boxes", verbose_name=_("class"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("box")
        verbose_name_plural = _("boxes")
        ordering = ["pk"]
        indexes = [models.Index(fields=["image", "box_class"])]
        constraints = [
            models.CheckConstraint(
                condition=HAS_AN_AREA,
                name="box_has_an_area",
            )
        ]

    def __str__(self) -> str:
        return f"{self.box_class} {self.x_min:.0f},{self.y_min:.0f},{self.x_max:.0f},{self.y_max:.0f}"

    @property
    def width(self) -> float:
        return self.x_max - self.x_min

    @property
    def height(self) -> float:
        return self.y_max - self.y_min


class BoxChange(models.Model):
    """One change of one box, for good: who, when, what before and after. It outlives the box."""

    class Kind(models.TextChoices):
        CREATED = "created", _("drawn")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")

    class Source(models.TextChoices):
        EDITOR = "editor", _("editor")
        ADMIN = "admin", _("administration")
        API = "api", _("API")
        PROPOSAL = "proposal", _("accepted proposal")
        IMPORT = "import", _("import")
        CLASS_MERGE = "class_merge", _("classes merged")

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="box_changes")
    box_key = models.PositiveBigIntegerField(_("box"), help_text=_("The box's key, which is never given again."))
    kind = models.CharField(_("change"), max_length=10, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    before = models.JSONField(_("before"), null=True, blank=True, help_text=_("class and xyxy; null: drawn anew"))
    after = models.JSONField(_("after"), null=True, blank=True, help_text=_("class and xyxy; null: deleted"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    label_import = models.ForeignKey(LabelImport, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a box")
        verbose_name_plural = _("changes of boxes")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["image", "-at"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["created", "changed", "deleted"]), name="change_kind"),
            models.CheckConstraint(
                condition=models.Q(kind="created", before__isnull=True, after__isnull=False)
                | models.Q(kind="changed", before__isnull=False, after__isnull=False)
                | models.Q(kind="deleted", before__isnull=False, after__isnull=True),
                name="change_says_before_and_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.box_key}"
