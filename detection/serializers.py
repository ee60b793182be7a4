"""What the API says about cameras, clips and passages, and what it takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from detection.clip_rows import ClipRow
from detection.models import Camera, Passage
from jobs.models import Job
from jobs.snapshot import seconds_left


class CameraSerializer(serializers.ModelSerializer[Camera]):
    class Meta:
        model = Camera
        fields = ["id", "name", "place", "time_zone", "frames_per_second"]


class PassageSerializer(serializers.ModelSerializer[Passage]):
    """Times in seconds from the clip's start; `verdict` is the network's, `said` what counts: a person's, if any."""

    clip = serializers.IntegerField(source="analysis.clip_id", read_only=True)
    said = serializers.CharField(read_only=True, help_text="One of the four verdicts.")
    chance = serializers.SerializerMethodField(help_text="That its best picture is right, by the calibrated model.")

    class Meta:
        model = Passage
        fields = ["id", "clip", "number", "begins", "ends", "best_time", "verdict", "confidence", "chance", "said"]

    def get_chance(self, row: Passage) -> float | None:
        return row.chance_by(row.analysis.release)


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the newest analysis of a clip is, in judged frames."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True)


class CountsSerializer(serializers.Serializer[Any]):
    with_mask = serializers.IntegerField()
    without_mask = serializers.IntegerField()
    worn_incorrectly = serializers.IntegerField()
    unknown = serializers.IntegerField()


class ClipSerializer(serializers.Serializer[Any]):
    """A clip and its newest analysis; `counts` are those of the passages that the statistics read."""

    id = serializers.IntegerField(source="clip.pk")
    camera = serializers.IntegerField(source="clip.camera_id")
    camera_name = serializers.CharField(source="clip.camera.name")
    name = serializers.CharField(source="clip.original_name")
    filmed_at = serializers.DateTimeField(source="clip.filmed_at")
    seconds = serializers.SerializerMethodField()
    width = serializers.IntegerField(source="clip.width")
    height = serializers.IntegerField(source="clip.height")
    size = serializers.IntegerField(source="clip.size")
    sha256 = serializers.CharField(source="clip.sha256")
    state = serializers.ChoiceField(choices=Job.State.choices)
    failure = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    release = serializers.SerializerMethodField()
    precision = serializers.SerializerMethodField(help_text="The numbers that judged: f32, bf16, f16 or int8.")
    counts = serializers.SerializerMethodField()

    def get_seconds(self, row: ClipRow) -> float:
        return round(row.clip.duration.total_seconds(), 3)

    def get_failure(self, row: ClipRow) -> str:
        return row.job.failure if row.job else ""

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, row: ClipRow) -> dict[str, Any] | None:
        if row.job is None:
            return None
        return {"done": row.job.done, "total": row.job.total, "seconds_left": seconds_left(row.job)}

    def get_release(self, row: ClipRow) -> str | None:
        return row.analysis.release.name if row.analysis else None

    def get_precision(self, row: ClipRow) -> str | None:
        return (row.analysis.arithmetic or None) if row.analysis else None

    @extend_schema_field(CountsSerializer)
    def get_counts(self, row: ClipRow) -> dict[str, int]:
        return dict(row.tally.items())


class ClipDetailSerializer(ClipSerializer):
    passages = serializers.SerializerMethodField()

    @extend_schema_field(PassageSerializer(many=True))
    def get_passages(self, row: ClipRow) -> list[dict[str, Any]]:
        return list(PassageSerializer(self.context["passages"], many=True).data)


class ClipUploadSerializer(serializers.Serializer[Any]):
    camera = serializers.CharField(required=False, help_text="Name or id; may be left out with a camera's token.")
    filmed_at = serializers.CharField(
        help_text="Begin of the clip, ISO 8601. Without an offset it is the time in the camera's time zone."
    )
    file = serializers.FileField(max_length=255)
