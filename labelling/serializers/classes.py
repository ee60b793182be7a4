"""Classes of datasets, as the API says and takes them."""

from typing import Any

from rest_framework import serializers

from jobs.serializers import JobSerializer
from labelling.models import BoxClass, BulkChange, ClassAlias


class ClassSerializer(serializers.ModelSerializer[BoxClass]):
    """A class of the boxes of a dataset."""

    former_names = serializers.SlugRelatedField[ClassAlias](
        source="aliases", slug_field="name", many=True, read_only=True, help_text="Imports know it by these as well."
    )

    class Meta:
        model = BoxClass
        fields = ["id", "dataset", "name", "former_names"]
        read_only_fields = ["dataset"]


class MergeSerializer(serializers.Serializer[Any]):
    """The class that another is merged into."""

    into = serializers.IntegerField(help_text="Id of a class of the same dataset.")


class MergedSerializer(serializers.Serializer[Any]):
    """What a merge has made."""

    boxes = serializers.IntegerField(help_text="How many changed their class.")
    into = ClassSerializer()


class BulkSerializer(serializers.ModelSerializer[BulkChange]):
    """A change of so many images or boxes that a job makes it."""

    job = JobSerializer(read_only=True, allow_null=True)

    class Meta:
        model = BulkChange
        fields = ["id", "dataset", "action", "created_at", "job"]
        read_only_fields = fields
