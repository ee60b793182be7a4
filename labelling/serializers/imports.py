"""Imports, as the API says and takes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.serializers import JobSerializer
from labelling.models import LabelImport
from labelling.uploads import zip_check


class ImportRowSerializer(serializers.ModelSerializer[LabelImport]):
    """An import without its report."""

    job = JobSerializer(read_only=True, allow_null=True)
    kept_until = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When a look that is not confirmed is forgotten, with its files."
    )

    class Meta:
        model = LabelImport
        fields = [
            *("id", "dataset", "export_name", "dry_run", "class_map", "created_at", "finished_at", "kept_until", "job")
        ]
        read_only_fields = fields


class SkippedSerializer(serializers.Serializer[Any]):
    """A record, or an object in one, that could not be used."""

    row = serializers.IntegerField(help_text="Its record's place in the export, from 1.")
    id = serializers.CharField(
        required=False, source="record_id", help_text="What the export calls the record; objects have none."
    )
    reason = serializers.CharField(help_text="Such as skipped-in-labelbox or degenerate-box.")
    message = serializers.CharField()


class ChangesSerializer(serializers.Serializer[Any]):
    """What an import did to the images: `kept` are those whose boxes people had changed here."""

    added = serializers.IntegerField()
    updated = serializers.IntegerField()
    kept = serializers.IntegerField()


class ReasonsSerializer(serializers.Serializer[Any]):
    """How many records, and how many objects, were skipped for each reason."""

    skipped = serializers.DictField(child=serializers.IntegerField())
    objects_skipped = serializers.DictField(child=serializers.IntegerField())


class FilesSentSerializer(serializers.Serializer[Any]):
    """The files that came as pictures; those that belong to no record were not used."""

    sent = serializers.IntegerField(help_text="Files of labels among them are not counted.")
    without_record = serializers.IntegerField(
        help_text="Their names fit no record of the export, skipped ones included."
    )
    first = serializers.ListField(child=serializers.CharField(), help_text="The first of those without a record.")


class SkippedFilterSerializer(serializers.Serializer[Any]):
    """Which of what was skipped is asked for."""

    kind = serializers.ChoiceField(choices=["records", "objects"], default="records")
    reason = serializers.CharField(required=False, default="", help_text="Such as malformed; without it, of all.")


class ReportSerializer(serializers.Serializer[Any]):
    """What became of each record: images + pending + skipped = rows. Empty until the import has finished."""

    rows = serializers.IntegerField(required=False)
    images = serializers.IntegerField(required=False, help_text="With their picture, negatives among them.")
    boxes = serializers.IntegerField(required=False)
    negative = serializers.IntegerField(required=False)
    pending = serializers.IntegerField(required=False, help_text="Their picture is missing.")
    classes = serializers.DictField(child=serializers.IntegerField(), required=False)
    skipped = SkippedSerializer(many=True, required=False, help_text="The first of each reason.")
    objects_skipped = SkippedSerializer(many=True, required=False, help_text="The first of each reason.")
    files = FilesSentSerializer(required=False, help_text="Only where pictures came along.")
    reasons = ReasonsSerializer(required=False)
    changes = ChangesSerializer(required=False)


class ImportSerializer(ImportRowSerializer):
    """An import with its report. `class_names`: each class of the export with its name in the dataset."""

    report = serializers.SerializerMethodField()
    class_names = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta(ImportRowSerializer.Meta):
        fields = [*ImportRowSerializer.Meta.fields, "class_names", "report"]
        read_only_fields = fields

    @extend_schema_field(ReportSerializer)
    def get_report(self, row: LabelImport) -> dict[str, Any]:
        return dict(row.report)


class ClassMapField(serializers.JSONField):
    """Names of classes in the export, each with the name it is to have in the dataset."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        value = super().to_internal_value(data)
        if not isinstance(value, dict) or not all(isinstance(each, str) and each.strip() for each in value.values()):
            raise serializers.ValidationError(_('An object of names is needed, such as {"Face mask": "with_mask"}.'))
        if any(len(each) > 100 for each in value.values()):
            raise serializers.ValidationError(_("The name of a class has 100 characters at most."))
        return value


CLASS_MAP_HELP = 'JSON: {"Face mask": "with_mask"}. Usual names of our classes need no entry.'


class ImportUploadSerializer(serializers.Serializer[Any]):
    """An export with its pictures."""

    export = serializers.FileField(
        max_length=255, help_text="A Labelbox export of any year, Pascal VOC, YOLO or COCO; also as a zip."
    )
    pictures = serializers.FileField(
        max_length=255,
        required=False,
        validators=[zip_check],
        help_text="A zip of the pictures; without it they can follow later.",
    )
    class_map = ClassMapField(required=False, help_text=CLASS_MAP_HELP)
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Only reports what would become of each record; stores nothing."
    )


class ImportConfirmSerializer(serializers.Serializer[Any]):
    class_map = ClassMapField(required=False, help_text=CLASS_MAP_HELP)


class PicturesUploadSerializer(serializers.Serializer[Any]):
    pictures = serializers.FileField(
        max_length=255, validators=[zip_check], help_text="A zip of the pictures that were missing."
    )
