"""Releases as the API says and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releases.figures import figures_of
from releases.models import Activation, ModelRelease
from releases.services import release_kept_by
from yolo.release import Release


class ClassFiguresSerializer(serializers.Serializer[Any]):
    """Average precision of one class; null where no picture that it was measured on shows it."""

    name = serializers.CharField()
    ap50 = serializers.FloatField(allow_null=True)
    ap50_95 = serializers.FloatField(allow_null=True)
    boxes = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer[Any]):
    """How good a release is. `map50` and `map50_95` are means over the classes in `judged`, `map50_all` over all."""

    on_test = serializers.BooleanField(help_text="On the test pictures; false: on the validation pictures.")
    pictures = serializers.IntegerField(allow_null=True)
    map50 = serializers.FloatField(allow_null=True)
    map50_95 = serializers.FloatField(allow_null=True)
    map50_all = serializers.FloatField(allow_null=True)
    judged = serializers.ListField(child=serializers.CharField(), help_text="Empty where that is not on record.")
    classes = ClassFiguresSerializer(many=True)


class ReleaseSerializer(serializers.ModelSerializer[ModelRelease]):
    """A trained network, frozen. `figures` is null for one that nobody has measured."""

    classes = serializers.ListField(child=serializers.CharField())
    figures = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)

    class Meta:
        model = ModelRelease
        fields = [
            *("id", "name", "network", "net_size", "classes", "sha256", "is_active", "is_bundled", "activated_at"),
            *("created_at", "created_by", "figures"),
        ]
        read_only_fields = fields

    @extend_schema_field(FiguresSerializer(allow_null=True))
    def get_figures(self, row: ModelRelease) -> dict[str, Any] | None:
        figures = figures_of(row)
        return dict(FiguresSerializer(figures).data) if figures else None


class ActivationSerializer(serializers.ModelSerializer[Activation]):
    """When a release was made the active one."""

    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = Activation
        fields = ["at", "by", "is_rollback"]
        read_only_fields = fields


class FrozenSerializer(serializers.Serializer[Any]):
    """What the folder of a release says besides."""

    anchors = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="Width and height in pixels at the net size, the finest scale's first.",
    )
    strides = serializers.ListField(child=serializers.IntegerField())
    thresholds = serializers.DictField(child=serializers.FloatField(), help_text="Each class counts from its score on.")
    iou_threshold = serializers.FloatField(help_text="Of two boxes that overlap by more, the weaker one goes.")
    voting_iou = serializers.FloatField(
        allow_null=True, help_text="Boxes that overlap by so much have a say in where the box lies; null in older ones."
    )


class ReleaseDetailSerializer(ReleaseSerializer):
    """One release with every figure and all that is known of its making.

    Pass `written` in the context: what its folder says, None where that cannot be read.
    """

    metrics = serializers.DictField(help_text="All figures, by part of the split: test and validation.")
    provenance = serializers.DictField(help_text="Data with hashes, run, settings and versions of the code.")
    missing_classes = serializers.ListField(
        child=serializers.CharField(), help_text="What it would have to tell apart besides, to yield a compliance rate."
    )
    precision = serializers.CharField(help_text="The numbers it judges in: auto (float), f32 or int8.")
    int8 = serializers.DictField(help_text="Its int8 form: loss, figures, speed, making; empty without one.")
    calibration = serializers.DictField(help_text="Temperature and reliability of its scores; empty without one.")
    shortfalls = serializers.DictField(help_text="Why publishing gave it no int8 form or no calibration.")
    frozen = serializers.SerializerMethodField()
    run = serializers.SerializerMethodField(help_text="Id of the training that made it here, if one did.")
    activations = serializers.SerializerMethodField()
    kept_by = serializers.SerializerMethodField(help_text="Why it cannot be deleted; empty where it can.")

    class Meta(ReleaseSerializer.Meta):
        fields = [
            *ReleaseSerializer.Meta.fields,
            *("precision", "int8", "calibration", "shortfalls"),
            *("frozen", "missing_classes", "metrics", "provenance", "run", "activations", "kept_by"),
        ]
        read_only_fields = fields

    @extend_schema_field(FrozenSerializer(allow_null=True))
    def get_frozen(self, row: ModelRelease) -> dict[str, Any] | None:
        written: Release | None = self.context["written"]
        return dict(FrozenSerializer(written).data) if written else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_run(self, row: ModelRelease) -> int | None:
        return getattr(getattr(row, "run", None), "pk", None)

    @extend_schema_field(ActivationSerializer(many=True))
    def get_activations(self, row: ModelRelease) -> list[dict[str, Any]]:
        return list(ActivationSerializer(row.activations.select_related("by"), many=True).data)

    def get_kept_by(self, row: ModelRelease) -> str:
        return release_kept_by(row)


class RollBackSerializer(serializers.Serializer[Any]):
    """What to roll back to. Naming it guards against somebody having switched meanwhile."""

    to = serializers.CharField(
        required=False, help_text="Name of the release that judged before; another name answers 409."
    )
