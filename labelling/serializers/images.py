"""Images and their boxes, as the API says and takes them."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelling.models import Box, Image


class XyxyField(serializers.ListField):
    """Left, top, right, bottom in pixels of the upright picture; right and bottom exclusive."""

    child = serializers.FloatField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=4, max_length=4, **kwargs)


class BoxSerializer(serializers.Serializer[Box]):
    """A box: `class` by name, `xyxy` in pixels of the upright picture; `revision` grows with each change of it."""

    id = serializers.IntegerField(read_only=True)
    vars()["class"] = serializers.CharField(source="box_class.name")  # its name is a word of Python's own
    xyxy = XyxyField()
    revision = serializers.IntegerField(read_only=True)


class ImageSerializer(serializers.ModelSerializer[Image]):
    """An image with its boxes. `pending`: its picture is still missing, and so are its width and height."""

    pending = serializers.BooleanField(source="is_pending", read_only=True)
    file = serializers.SerializerMethodField(help_text="Address of the picture, null while it is pending.")
    thumbnail = serializers.SerializerMethodField(help_text="Address of a small picture, null while it is pending.")
    boxes = BoxSerializer(many=True, read_only=True)

    class Meta:
        model = Image
        fields = [
            *("id", "dataset", "external_id", "width", "height", "labelled", "pending", "revision", "fixed_split"),
            *("edited_at", "file", "thumbnail", "boxes"),
        ]
        read_only_fields = [name for name in fields if name != "labelled"]

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_file(self, image: Image) -> str | None:
        return self._address("image_file", image)

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_thumbnail(self, image: Image) -> str | None:
        return self._address("thumbnail", image)

    def _address(self, name: str, image: Image) -> str | None:
        """Where the picture is to be had, whole where the request is known."""
        if image.is_pending:
            return None
        path = reverse(f"labelling_api:{name}", args=[image.pk])
        request = self.context.get("request")
        return request.build_absolute_uri(path) if request else path
