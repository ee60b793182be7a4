import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LISTED = 30
LISTS = {"skipped": False, "objects_skipped": True}


def take_out(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Move what reports list into rows; reports keep the first of each reason, and counts."""
    imports, skips = apps.get_model("labelling", "LabelImport"), apps.get_model("labelling", "ImportSkip")
    for key in list(imports.objects.exclude(report={}).values_list("pk", flat=True)):
        row = imports.objects.get(pk=key)
        row.report["reasons"] = {}
        for name, of_object in LISTS.items():
            entries = row.report.get(name, [])
            skips.objects.bulk_create(
                (
                    skips(
                        label_import=row,
                        of_object=of_object,
                        row=each["row"],
                        record_id=each.get("id", ""),
                        reason=each["reason"],
                        message=each["message"],
                    )
                    for each in entries
                ),
                batch_size=1000,
            )
            counts: dict[str, int] = {}
            kept = []
            for each in entries:
                counts[each["reason"]] = counts.get(each["reason"], 0) + 1
                if counts[each["reason"]] <= LISTED:
                    kept.append(each)
            row.report[name] = kept
            row.report["reasons"][name] = dict(sorted(counts.items(), key=lambda item: -item[1]))
        row.save(update_fields=["report"])


def put_back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Have reports list all of it again."""
    imports, skips = apps.get_model("labelling", "LabelImport"), apps.get_model("labelling", "ImportSkip")
    for key in list(imports.objects.exclude(report={}).values_list("pk", flat=True)):
        row = imports.objects.get(pk=key)
        for name, of_object in LISTS.items():
            found = skips.objects.filter(label_import=row, of_object=of_object).order_by("pk")
            row.report[name] = [
                {
                    "row": each.row,
                    **({} if of_object else {"id": each.record_id}),
                    "reason": each.reason,
                    "message": each.message,
                }
                for each in found.iterator()
            ]
        row.report.pop("reasons", None)
        row.save(update_fields=["report"])


class Migration(migrations.Migration):
    dependencies = [("labelling", "0009_boxclass_colour")]

    operations = [
        migrations.CreateModel(
            name="ImportSkip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("of_object", models.BooleanField(default=False, verbose_name="of an object")),
                (
                    "row",
                    models.PositiveIntegerField(
                        help_text="The record's place in the export, from 1.", verbose_name="row"
                    ),
                ),
                (
                    "record_id",
                    models.TextField(blank=True, help_text="What the export calls the record.", verbose_name="ID"),
                ),
                ("reason", models.CharField(max_length=40, verbose_name="reason")),
                ("message", models.TextField(verbose_name="why")),
                (
                    "label_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skips",
                        to="labelling.labelimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "skipped record or object",
                "verbose_name_plural": "skipped records and objects",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["label_import", "of_object", "reason"], name="labelling_i_label_i_670038_idx")
                ],
            },
        ),
        migrations.RunPython(take_out, put_back),
    ]
