"""Measurements of releases as the API says and takes them."""

from typing import Any

from rest_framework import serializers

from jobs.serializers import JobSerializer
from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.evaluations.models import Evaluation, Part


class EvaluationSerializer(serializers.ModelSerializer[Evaluation]):
    """A release on one part of a dataset version. `figures` is empty before `finished_at` is there."""

    release_name = serializers.CharField(source="release.name")
    version_name = serializers.CharField(source="version.__str__", help_text="Such as face-mask v1.")
    figures = serializers.DictField(help_text="As `manage.py evaluate --json` prints them.")
    job = JobSerializer(allow_null=True)

    class Meta:
        model = Evaluation
        fields = [
            *("id", "release", "release_name", "version", "version_name", "split", "created_at", "finished_at"),
            *("figures", "job"),
        ]
        read_only_fields = fields


class EvaluationFiltersSerializer(serializers.Serializer[Any]):
    """Which measurements a list shows; each may be left out."""

    release = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its id.")
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its id.")
    split = serializers.ChoiceField(choices=Part.choices, required=False)


class NewEvaluationSerializer(serializers.Serializer[Any]):
    """What is to be measured on what."""

    release = serializers.PrimaryKeyRelatedField[ModelRelease](queryset=ModelRelease.objects.all())
    version = serializers.PrimaryKeyRelatedField[DatasetVersion](
        queryset=DatasetVersion.objects.select_related("dataset")
    )
    split = serializers.ChoiceField(choices=Part.choices, default=Part.TEST.value)
