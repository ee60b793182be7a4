from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labelling", "0006_editing"),
    ]

    operations = [
        migrations.DeleteModel(
            name="AlikePictures",
        ),
        migrations.AddIndex(
            model_name="box",
            index=models.Index(fields=["image", "box_class"], name="labelling_b_image_i_804a3a_idx"),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(fields=["dataset", "edited_at"], name="labelling_i_dataset_e77bea_idx"),
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["image", "release", "disagreement"], name="labelling_o_image_i_8dc9c5_idx"),
        ),
        migrations.AddIndex(
            model_name="versionimage",
            index=models.Index(fields=["version", "image", "split"], name="labelling_v_version_5358eb_idx"),
        ),
    ]
