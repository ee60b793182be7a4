"""Files of releases as the API says and takes them."""

from typing import Any

from rest_framework import serializers

from jobs.serializers import JobSerializer
from releases.models import ReleaseConversion


class ConversionSerializer(serializers.ModelSerializer[ReleaseConversion]):
    """A release as one file for other programs. It can be fetched once `is_there` is true."""

    release_name = serializers.CharField(source="release.name")
    is_there = serializers.BooleanField(help_text="False while it is made, where that failed, and where it was lost.")
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    job = JobSerializer(allow_null=True)

    class Meta:
        model = ReleaseConversion
        fields = [
            *("id", "release", "release_name", "form", "is_there", "file_name", "size", "sha256"),
            *("largest_difference", "pictures", "pictures_from", "created_at", "created_by", "made_at", "job"),
        ]
        read_only_fields = fields


class NewConversionSerializer(serializers.Serializer[Any]):
    """Which file is wanted."""

    form = serializers.ChoiceField(choices=ReleaseConversion.Form.choices)
