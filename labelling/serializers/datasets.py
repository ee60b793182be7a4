"""Datasets, as the API says and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelling.models import BoxClass, Dataset, DatasetVersion
from labelling.summaries import classes_with_counts


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    """A dataset with what it holds: images whose picture is here, pending ones, boxes, and its newest version."""

    images = serializers.IntegerField(source="image_count", read_only=True, help_text="Those with their picture.")
    pending = serializers.IntegerField(source="pending_count", read_only=True, help_text="Those without.")
    boxes = serializers.IntegerField(source="box_count", read_only=True)
    classes = serializers.SlugRelatedField[BoxClass](slug_field="name", many=True, read_only=True)
    newest_version = serializers.IntegerField(
        source="newest_version_key", read_only=True, allow_null=True, help_text="Its id; null while there is none."
    )

    locked_test = serializers.PrimaryKeyRelatedField[DatasetVersion](
        read_only=True, help_text="Id of the version whose test split later ones keep; null while none is locked."
    )

    class Meta:
        model = Dataset
        fields = [
            *("id", "name", "description", "created_at", "images", "pending", "boxes", "classes", "newest_version"),
            "locked_test",
        ]
        read_only_fields = ["created_at", "locked_test"]


class ClassCountsSerializer(serializers.Serializer[Any]):
    """A class, and how many boxes it has in how many images."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    boxes = serializers.IntegerField(source="box_count")
    images = serializers.IntegerField(source="image_count")


class DatasetDetailSerializer(DatasetSerializer):
    class_counts = serializers.SerializerMethodField()

    class Meta(DatasetSerializer.Meta):
        fields = [*DatasetSerializer.Meta.fields, "class_counts"]

    @extend_schema_field(ClassCountsSerializer(many=True))
    def get_class_counts(self, dataset: Dataset) -> list[dict[str, Any]]:
        return list(ClassCountsSerializer(classes_with_counts(dataset), many=True).data)
