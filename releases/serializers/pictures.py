"""What the API says about single pictures, and what it takes."""

from typing import Any

from rest_framework import serializers

from releases.warm import MOST_BYTES


class PictureUploadSerializer(serializers.Serializer[Any]):
    picture = serializers.FileField(help_text="JPEG, PNG, WebP, BMP or TIFF.")
    score = serializers.FloatField(
        required=False,
        min_value=0.001,
        max_value=1,
        help_text="Tell everything from this score up, whatever the thresholds of the model are.",
    )
    drawn = serializers.BooleanField(
        required=False, default=False, help_text="Answer with the picture and its boxes as a JPEG instead of JSON."
    )

    def validate_picture(self, file: Any) -> Any:
        if file.size > MOST_BYTES:
            raise serializers.ValidationError(f"The picture is larger than {MOST_BYTES // 2**20} MB.")
        return file


class SeenBoxSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField()
    chance = serializers.FloatField(
        allow_null=True,
        default=None,
        help_text="That the box is right, by the release's calibration; null without one.",
    )
    xyxy = serializers.ListField(
        child=serializers.FloatField(), min_length=4, max_length=4, help_text="Pixels of the upright picture."
    )

    def get_fields(self) -> dict[str, Any]:
        return {"class": serializers.CharField(help_text="Such as with_mask."), **super().get_fields()}


class SeenSerializer(serializers.Serializer[Any]):
    """What the active model sees on one picture, the strongest box first."""

    release = serializers.CharField()
    precision = serializers.CharField(help_text="The numbers it computed in: f32, bf16, f16 or int8.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    milliseconds = serializers.FloatField(help_text="Of the network, without decoding the file.")
    boxes = SeenBoxSerializer(many=True)
