"""What lists of images may be narrowed down to, and a picture that is added to one."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from labelling.gallery import NO_SPLIT, State
from labelling.models import Split
from labelling.outcomes import NamedBox
from labelling.serializers.boxes import BoxAddSerializer


class ImageFiltersSerializer(serializers.Serializer[Any]):
    """What a list of images may be narrowed down to."""

    box_class = serializers.CharField(required=False, help_text="Only images with a box of the class of this name.")
    split = serializers.ChoiceField(
        choices=[*Split.choices, (NO_SPLIT, NO_SPLIT)], required=False, help_text="Its part in the newest version."
    )
    state = serializers.ChoiceField(
        choices=State.choices, required=False, help_text="`disagrees`: the active release contradicts its labels."
    )
    external_id = serializers.CharField(required=False, help_text="Only the image with exactly this external ID.")
    search = serializers.CharField(required=False, help_text="Only images whose external ID contains this.")


class ImageUploadSerializer(serializers.Serializer[Any]):
    """A picture, with its boxes where they are known."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP or BMP.")
    external_id = serializers.CharField(required=False, max_length=255, help_text="Without it, the file's name.")
    boxes = serializers.JSONField(
        required=False, help_text='JSON: [{"class": "with_mask", "xyxy": [12, 30, 80, 110]}]. [] says: nothing in it.'
    )

    def validate_boxes(self, value: Any) -> list[NamedBox]:
        if not isinstance(value, list):
            raise serializers.ValidationError(_("A list of boxes is needed."))
        given = BoxAddSerializer(data=value, many=True)
        given.is_valid(raise_exception=True)
        return [NamedBox(box["class"], tuple(box["xyxy"])) for box in given.validated_data]
