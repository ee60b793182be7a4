"""Versions and what differs between them, as the API says and takes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelling.anchors import MOST_ANCHORS
from labelling.models import DatasetVersion
from labelling.split_plans import SHARES


class SplitCountsSerializer(serializers.Serializer[Any]):
    """How many images each part of the split has."""

    train = serializers.IntegerField()
    validation = serializers.IntegerField()
    test = serializers.IntegerField()


class AnchorsSerializer(serializers.Serializer[Any]):
    """Anchors that were chosen: width and height in pixels at the net size. Empty before that."""

    net_size = serializers.IntegerField(required=False)
    seed = serializers.IntegerField(required=False)
    anchors = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()), required=False)
    mean_iou = serializers.FloatField(required=False)


class VersionSerializer(serializers.ModelSerializer[DatasetVersion]):
    """A frozen version. Equal `content_sha256` means: the same pictures, boxes and splits."""

    images = serializers.SerializerMethodField()
    anchors = serializers.SerializerMethodField()
    classes = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = DatasetVersion
        fields = [
            *("id", "dataset", "number", "note", "seed", "classes", "images", "content_sha256", "anchors"),
            "created_at",
        ]

    @extend_schema_field(SplitCountsSerializer)
    def get_images(self, version: Any) -> dict[str, int]:
        return {"train": version.train_count, "validation": version.validation_count, "test": version.test_count}

    @extend_schema_field(AnchorsSerializer)
    def get_anchors(self, version: DatasetVersion) -> dict[str, Any]:
        return dict(version.anchors)


class NewVersionSerializer(serializers.Serializer[Any]):
    """What a version is frozen with."""

    note = serializers.CharField(required=False, default="", max_length=200, allow_blank=True)
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    shares = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1),
        min_length=3,
        max_length=3,
        required=False,
        default=list(SHARES),
        help_text="Of train, validation and test; together 1.",
    )

    def validate_shares(self, value: list[float]) -> tuple[float, float, float]:
        train, validation, test = value
        if abs(train + validation + test - 1) > 1e-9 or train == 0:
            raise serializers.ValidationError(_("The shares must add up to 1, and that of train must not be 0."))
        return train, validation, test


class ChosenAnchorsSerializer(serializers.Serializer[Any]):
    """Which anchors to look for in the version's train split."""

    net_size = serializers.IntegerField(min_value=288, max_value=1280, default=416, help_text="A multiple of 32.")
    count = serializers.IntegerField(min_value=1, max_value=MOST_ANCHORS, default=9)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)

    def validate_net_size(self, value: int) -> int:
        if value % 32:
            raise serializers.ValidationError(_("The net size must be a multiple of 32, such as 416."))
        return value


class BoxDifferenceSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()


class ImageDifferenceSerializer(serializers.Serializer[Any]):
    """One image that differs."""

    image = serializers.IntegerField(source="key", help_text="Its id.")
    external_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    boxes = BoxDifferenceSerializer()
    old_split = serializers.CharField(allow_null=True)
    new_split = serializers.CharField(allow_null=True)


class ImageCountsSerializer(BoxDifferenceSerializer):
    moved = serializers.IntegerField(help_text="From one part of the split to another.")


class DifferenceSerializer(serializers.Serializer[Any]):
    """What became of one version in another: sums, and the images that differ in pages."""

    old = serializers.IntegerField(help_text="Number of the version that the address names.")
    new = serializers.IntegerField(allow_null=True, help_text="Number of the other; null: the dataset as it is now.")
    images = ImageCountsSerializer()
    boxes = BoxDifferenceSerializer()
    classes_added = serializers.ListField(child=serializers.CharField())
    classes_removed = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField(help_text="Images that differ.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ImageDifferenceSerializer(many=True)
