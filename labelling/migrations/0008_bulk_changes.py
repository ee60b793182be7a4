import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("labelling", "0007_gallery_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="image",
            name="edited_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a person last changed its boxes or marked it as labelled or not; imports leave its boxes then.",
                null=True,
                verbose_name="edited",
            ),
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("mark", "Mark as labelled or not"),
                            ("fix_split", "Put into a split"),
                            ("delete", "Delete images"),
                            ("merge", "Merge classes"),
                        ],
                        max_length=10,
                        verbose_name="action",
                    ),
                ),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="parameters")),
                (
                    "image_keys",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Keys of the images as they were chosen; none for a merge.",
                        verbose_name="images",
                    ),
                ),
                ("report", models.JSONField(blank=True, default=dict, verbose_name="report")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bulk_changes", to="labelling.dataset"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of many images",
                "verbose_name_plural": "changes of many images",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["mark", "fix_split", "delete", "merge"])),
                        name="bulk_action_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="former name")),
                ("key", models.CharField(help_text="What all spellings of the name have in common.", max_length=300)),
                (
                    "box_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="labelling.boxclass",
                        verbose_name="class",
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="class_aliases",
                        to="labelling.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "former name of a class",
                "verbose_name_plural": "former names of classes",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "key"), name="class_alias_unique_in_dataset")
                ],
            },
        ),
    ]
