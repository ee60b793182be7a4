from typing import Any

import django.core.validators
from django.db import migrations, models

FORMER = 2.0


def keep_former(apps: Any, schema_editor: Any) -> None:
    """Say of the trainings there are what went without saying: their checkpoints are of epochs of that length."""
    runs = apps.get_model("training", "TrainingRun").objects.using(schema_editor.connection.alias)
    for run in runs.only("pk", "options"):
        if "canvases_per_picture" not in run.options:
            runs.filter(pk=run.pk).update(options={**run.options, "canvases_per_picture": FORMER})


class Migration(migrations.Migration):
    """An epoch draws one canvas for each picture, where it drew two."""

    dependencies = [("training", "0008_evaluation")]

    operations = [
        # Backwards the value stays: it says the same where it is the default.
        migrations.RunPython(keep_former, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="trainingrun",
            name="epochs",
            field=models.PositiveIntegerField(
                default=60,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(5000),
                ],
                verbose_name="epochs",
            ),
        ),
    ]
