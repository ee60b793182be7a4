"""What the API says about batches of photographs, and what it takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.serializers import JobSerializer
from releases.batches.models import BatchPicture, BatchZip, PictureBatch
from releases.batches.services import KEEP_DAYS, MOST_KEEP_DAYS
from releases.serializers.pictures import SeenBoxSerializer


class BatchCreateSerializer(serializers.Serializer[Any]):
    """What may be said of a batch; all of it may be left out."""

    name = serializers.CharField(required=False, max_length=100, help_text="Without it the day and time.")
    keep_days = serializers.IntegerField(
        required=False,
        default=KEEP_DAYS,
        min_value=1,
        max_value=MOST_KEEP_DAYS,
        help_text="After so many days it is deleted with its photographs.",
    )
    score = serializers.FloatField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0.001,
        max_value=1,
        help_text="Boxes count from it on, in place of the thresholds of the model.",
    )


class BatchZipSerializer(serializers.ModelSerializer[BatchZip]):
    """A zip, as far as it has arrived; the next portion begins at `arrived`."""

    class Meta:
        model = BatchZip
        fields = ["name", "size", "arrived", "left_out", "left_out_count"]


class BatchReportSerializer(serializers.Serializer[Any]):
    """What was found so far."""

    seen = serializers.IntegerField(default=0, help_text="Photographs looked at.")
    unreadable = serializers.IntegerField(default=0)
    nothing = serializers.IntegerField(default=0, help_text="Looked at, without a box.")
    boxes = serializers.DictField(child=serializers.IntegerField(), default=dict, help_text="By class.")
    pictures = serializers.DictField(
        child=serializers.IntegerField(), default=dict, help_text="Photographs with a box, by class."
    )


class PictureBatchSerializer(serializers.ModelSerializer[PictureBatch]):
    """Photographs that one release looks at."""

    state = serializers.CharField(help_text="collecting, underway, stopped before it was done, or finished.")
    count = serializers.IntegerField(help_text="Its photographs.")
    release = serializers.CharField(source="release_name", help_text="The model that judges, once it is started.")
    thresholds = serializers.DictField(
        child=serializers.FloatField(), help_text="The scores from which boxes count, by class."
    )
    report = serializers.SerializerMethodField()
    zips = BatchZipSerializer(many=True)
    job = JobSerializer(allow_null=True)

    class Meta:
        model = PictureBatch
        fields = [
            *("id", "name", "state", "count", "release", "score", "thresholds", "report", "zips", "job"),
            *("created_at", "started_at", "finished_at", "expires_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(BatchReportSerializer)
    def get_report(self, batch: PictureBatch) -> dict[str, Any]:
        return BatchReportSerializer(batch.report).data


class BatchPictureAddSerializer(serializers.Serializer[Any]):
    picture = serializers.FileField(help_text="JPEG, PNG, WebP, BMP or TIFF, up to 50 MB.")
    path = serializers.CharField(
        required=False, help_text="Its name with folders, such as gate/7.jpg; without it the name of the file."
    )


class BatchPictureSerializer(serializers.ModelSerializer[BatchPicture]):
    """One photograph, and what is seen on it: the strongest box first, in pixels of the upright picture."""

    picture = serializers.CharField(source="name")
    state = serializers.CharField(help_text="waiting, seen or unreadable.")
    reason = serializers.CharField(help_text="Why it is unreadable.")
    boxes = SeenBoxSerializer(many=True)

    class Meta:
        model = BatchPicture
        fields = ["id", "picture", "size", "state", "reason", "width", "height", "boxes"]
        read_only_fields = fields
