"""Fetches, as the API says them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.serializers import JobSerializer
from labelling.models import PictureFetch


class MissedSerializer(serializers.Serializer[Any]):
    """A picture that did not come."""

    image = serializers.IntegerField()
    external_id = serializers.CharField()
    message = serializers.CharField()


class FetchReportSerializer(serializers.Serializer[Any]):
    """What became of the pictures so far. Empty until the first ones have come or failed."""

    wanted = serializers.IntegerField(required=False, help_text="How many were missing.")
    fetched = serializers.IntegerField(required=False)
    failed = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="How many did not come, by reason: not-found, …"
    )
    first = serializers.DictField(
        child=MissedSerializer(many=True), required=False, help_text="The first hundred of each reason."
    )


class FetchSerializer(serializers.ModelSerializer[PictureFetch]):
    """A fetch with its report."""

    job = JobSerializer(read_only=True, allow_null=True)
    report = serializers.SerializerMethodField()

    class Meta:
        model = PictureFetch
        fields = ["id", "dataset", "created_at", "finished_at", "job", "report"]
        read_only_fields = fields

    @extend_schema_field(FetchReportSerializer)
    def get_report(self, row: PictureFetch) -> dict[str, Any]:
        return dict(row.report)
