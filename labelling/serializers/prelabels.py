"""Pre-labellings, as the API says and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.serializers import JobSerializer
from labelling.models import PreLabel
from labelling.services.prelabelling import LEAST_SCORE


class PrelabelReportSerializer(serializers.Serializer[Any]):
    """What has been found so far. Empty until the first pictures have been looked at."""

    images = serializers.IntegerField(required=False, help_text="Looked at.")
    detections = serializers.IntegerField(required=False, help_text="Stored, from score 0.05 on.")
    proposals = serializers.IntegerField(required=False)
    disagreeing = serializers.IntegerField(required=False, help_text="Images likely labelled wrongly.")
    unreadable = serializers.IntegerField(required=False)
    unreadable_names = serializers.ListField(child=serializers.CharField(), required=False, help_text="The first 20.")


class PrelabelSerializer(serializers.ModelSerializer[PreLabel]):
    """A release run over images of a dataset. `proposes`: whether it proposes boxes or only checks the labels."""

    release = serializers.CharField(source="release.name")
    job = JobSerializer(read_only=True, allow_null=True)
    report = serializers.SerializerMethodField()

    class Meta:
        model = PreLabel
        fields = ["id", "dataset", "release", "least_score", "proposes", "created_at", "finished_at", "job", "report"]
        read_only_fields = fields

    @extend_schema_field(PrelabelReportSerializer)
    def get_report(self, row: PreLabel) -> dict[str, Any]:
        return {name: value for name, value in row.report.items() if name != "last_key"}


class PrelabelStartSerializer(serializers.Serializer[Any]):
    """What a release is to do."""

    images = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        allow_empty=False,
        help_text="Ids of images of the dataset; without it all that have their picture.",
    )
    release = serializers.CharField(required=False, help_text="Its name; without it the active one.")
    least_score = serializers.FloatField(
        required=False, default=LEAST_SCORE, min_value=0, max_value=1, help_text="Boxes are proposed from it on."
    )
    proposes = serializers.BooleanField(
        required=False, default=True, help_text="False: only says where the release contradicts the labels."
    )
