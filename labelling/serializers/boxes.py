"""What the API says about a box, its history and what a release proposes, and what it takes for them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelling.models import BoxChange, Image, Proposal
from labelling.serializers.images import BoxSerializer, ImageSerializer, XyxyField

LARGEST = 2**31 - 1  # what a revision can be


class PlaceField(XyxyField):
    """An xyxy that is taken; what is wrong with one of its numbers is said of the whole."""

    def to_internal_value(self, data: Any) -> list[float]:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                sentences = {str(said) for each in error.detail.values() for said in each}
                raise serializers.ValidationError(sorted(sentences)) from error
            raise


class BoxAddSerializer(serializers.Serializer[Any]):
    """A box to draw: the name of a class of the dataset, and xyxy in pixels of the upright picture."""

    vars()["class"] = serializers.CharField(max_length=100)  # its name is a word of Python's own
    xyxy = PlaceField()


class BoxChangeSerializer(serializers.Serializer[Any]):
    """What a box is to become. `revision` is that of the box when it was read."""

    vars()["class"] = serializers.CharField(max_length=100, required=False)
    xyxy = PlaceField(required=False)
    revision = serializers.IntegerField(min_value=0, max_value=LARGEST)


class BoxDeleteSerializer(serializers.Serializer[Any]):
    """Which box is meant to go: the one with this revision."""

    revision = serializers.IntegerField(min_value=0, max_value=LARGEST)


class BoxSavedSerializer(serializers.Serializer[Any]):
    """A box as it is now, and the revision of its image."""

    box = BoxSerializer()
    image_revision = serializers.IntegerField()


class ImageRevisionSerializer(serializers.Serializer[Any]):
    image_revision = serializers.IntegerField()


class ConflictSerializer(serializers.Serializer[Any]):
    """Why a change was not kept; `current` is what the box is now, null when it was deleted."""

    detail = serializers.CharField()
    current = BoxSerializer(allow_null=True)


class ProposalSerializer(serializers.Serializer[Proposal]):
    """A box that a release proposes, and how sure it is of it, from 0 to 1."""

    id = serializers.IntegerField()
    vars()["class"] = serializers.CharField(source="box_class.name")
    xyxy = XyxyField()
    score = serializers.FloatField()


class ImageDetailSerializer(ImageSerializer):
    """An image with its boxes and the proposals that nobody has decided on."""

    proposals = ProposalSerializer(many=True, read_only=True, source="open_proposals")

    class Meta(ImageSerializer.Meta):
        model = Image
        fields = [*ImageSerializer.Meta.fields, "proposals"]
        read_only_fields = [*ImageSerializer.Meta.read_only_fields, "proposals"]


class DecidedSerializer(ImageDetailSerializer):
    """An image after a decision about its proposals; `accepted` are the IDs of the boxes that this made."""

    accepted = serializers.SerializerMethodField()

    class Meta(ImageDetailSerializer.Meta):
        fields = [*ImageDetailSerializer.Meta.fields, "accepted"]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_accepted(self, image: Image) -> list[int]:
        accepted: list[int] = self.context["accepted"]
        return accepted


class LabelledSerializer(serializers.Serializer[Any]):
    """Whether the boxes of an image are all there is to find on it."""

    labelled = serializers.BooleanField()


class DecisionSerializer(serializers.Serializer[Any]):
    """What is to become of the open proposals of an image that score at least this."""

    action = serializers.ChoiceField(choices=["accept", "reject"])
    least_score = serializers.FloatField(min_value=0, max_value=1)


class StateSerializer(serializers.Serializer[Any]):
    """What a box said."""

    vars()["class"] = serializers.CharField()
    xyxy = XyxyField()


class HistorySerializer(serializers.ModelSerializer[BoxChange]):
    """A change of a box: when, by whom (null: nobody any more, or a command), and what before and after."""

    by = serializers.SerializerMethodField()
    box = serializers.IntegerField(source="box_key")
    before = StateSerializer(allow_null=True)
    after = StateSerializer(allow_null=True)

    class Meta:
        model = BoxChange
        fields = ["at", "by", "kind", "source", "box", "before", "after"]

    @extend_schema_field({"type": "string", "nullable": True})
    def get_by(self, change: BoxChange) -> str | None:
        return str(change.by) if change.by else None
