from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labelling", "0003_image_label_digest"),
    ]

    operations = [
        migrations.AddField(
            model_name="datasetversion",
            name="anchors",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="net_size, seed, anchors [[width, height]], mean_iou",
                verbose_name="anchors",
            ),
        ),
    ]
