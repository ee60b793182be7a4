from collections import Counter

from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OUR_CLASSES = {"with_mask", "without_mask", "worn_incorrectly"}
COLOURS = 6


def deal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the further classes of each dataset the six colours in turn."""
    dealt = Counter()
    classes = apps.get_model("labelling", "BoxClass").objects.exclude(name__in=OUR_CLASSES)
    for each in classes.order_by("dataset", "position", "pk"):
        each.colour = dealt[each.dataset_id] % COLOURS + 1
        dealt[each.dataset_id] += 1
        each.save(update_fields=["colour"])


class Migration(migrations.Migration):
    dependencies = [("labelling", "0008_bulk_changes")]

    operations = [
        migrations.AddField(
            model_name="boxclass",
            name="colour",
            field=models.PositiveSmallIntegerField(
                default=1, editable=False, help_text="One of six, for a class that is none of ours."
            ),
        ),
        migrations.AddConstraint(
            model_name="boxclass",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__gte", 1), ("colour__lte", 6)), name="class_colour_is_one_of_six"
            ),
        ),
        migrations.RunPython(deal, migrations.RunPython.noop),
    ]
