"""Who made which release active, and when: of earlier times the last activation of each release is known."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def take_over(apps: Any, schema_editor: Any) -> None:
    release_model, activation_model = (
        apps.get_model("releases", "ModelRelease"),
        apps.get_model("releases", "Activation"),
    )
    for release in release_model.objects.exclude(activated_at=None).order_by("activated_at"):
        activation_model.objects.create(release=release, name=release.name, at=release.activated_at)


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Activation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="release")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("is_rollback", models.BooleanField(default=False, verbose_name="rolled back")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="activations",
                        to="releases.modelrelease",
                    ),
                ),
            ],
            options={"verbose_name": "activation", "verbose_name_plural": "activations", "ordering": ["-at", "-pk"]},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
