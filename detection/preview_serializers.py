"""Previews of releases as the API says and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from detection.models import ReleasePreview
from detection.preview_page import CameraShift, Differing
from detection.serializers import CountsSerializer
from jobs.serializers import JobSerializer


class NewPreviewSerializer(serializers.Serializer[Any]):
    """What a release is to judge once more."""

    clips_per_camera = serializers.IntegerField(
        required=False, default=5, min_value=1, max_value=50, help_text="The newest so many of each camera."
    )


class PreviewSerializer(serializers.ModelSerializer[ReleasePreview]):
    """A release that judges stored clips, nothing of which counts. It has ended when `finished_at` is there."""

    release_name = serializers.CharField(source="release.name")
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    job = JobSerializer(allow_null=True)

    class Meta:
        model = ReleasePreview
        fields = [
            *("id", "release", "release_name", "clips_per_camera", "created_at", "created_by", "finished_at", "job")
        ]
        read_only_fields = fields


class IntervalSerializer(serializers.Serializer[Any]):
    """Of 95 %."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class JudgedSerializer(serializers.Serializer[Any]):
    """The passages on the clips, as the network judges them. `rate` is null where they are too few to say."""

    counts = CountsSerializer(source="*")
    rate = serializers.FloatField(allow_null=True)
    interval = IntervalSerializer()


class ShiftSerializer(serializers.Serializer[Any]):
    """The same clips now and with the release. `change` is after minus before; null where a side is too few to say."""

    before = JudgedSerializer()
    after = JudgedSerializer()
    change = serializers.FloatField(allow_null=True)
    interval = IntervalSerializer(help_text="Of the change; -1 to 1 where nothing is known.")
    is_clear = serializers.BooleanField(help_text="Whether the interval leaves out that nothing changes.")


class DifferingSerializer(serializers.Serializer[Any]):
    """A face that both judge differently, or that only one of them has: then the other's verdict is null."""

    clip = serializers.IntegerField(source="clip.pk")
    begins = serializers.FloatField(source="difference.begins", help_text="Seconds from the clip's start.")
    before = serializers.CharField(source="difference.before", allow_null=True)
    after = serializers.CharField(source="difference.after", allow_null=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """A clip that could not be judged."""

    clip = serializers.IntegerField(source="clip_id")
    problem = serializers.CharField()


class CameraShiftSerializer(serializers.Serializer[Any]):
    """One camera. `differing` is empty for those who may not watch its clips."""

    camera = serializers.IntegerField(source="camera.pk")
    name = serializers.CharField(source="camera.name")
    clips = serializers.IntegerField()
    judged = serializers.IntegerField(help_text="Clips so far.")
    shift = ShiftSerializer()
    differing = serializers.SerializerMethodField()
    problems = ProblemSerializer(many=True)

    @extend_schema_field(DifferingSerializer(many=True))
    def get_differing(self, row: CameraShift) -> list[dict[str, Any]]:
        shown: tuple[Differing, ...] = row.differing if row.may_watch else ()
        return list(DifferingSerializer(shown, many=True).data)


class PreviewDetailSerializer(serializers.Serializer[Any]):
    """A preview with what has been judged so far, by camera and over all cameras that one may see."""

    preview = PreviewSerializer()
    total = ShiftSerializer()
    cameras = CameraShiftSerializer(many=True)
