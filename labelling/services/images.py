"""Every write about images, apart from their boxes."""

from collections import Counter
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.models import Image, Opinion, VersionImage
from labelling.services.files import delete_files_on_commit
from labelling.services.opinions import opinions_refresh

BATCH: Final = 500


@transaction.atomic
def images_delete(*, images: QuerySet[Image], by: User) -> int:
    """Delete images with their boxes; how many. Raises ValidationError when a version holds one of them."""
    if VersionImage.objects.filter(image__in=images).exists():
        raise ValidationError(_("Some of these images are frozen in a version; they stay as long as it does."))
    rows = list(images)
    for image in rows:
        audit(actor=by, action="image_delete", target=image, dataset=image.dataset_id, external_id=image.external_id)
    Image.objects.filter(pk__in=[image.pk for image in rows]).delete()
    files = {image.file.name or "" for image in rows if image.file}
    delete_files_on_commit(files - set(Image.objects.filter(file__in=files).values_list("file", flat=True)))
    return len(rows)


@transaction.atomic
def image_change(*, image: Image, by: User) -> Image:
    """Keep what a person changed of an image: whether it counts as labelled, and how long that took."""
    image.save(update_fields=["labelled", "seconds_to_label"])
    opinions_refresh(image)
    audit(actor=by, action="image_change", target=image, labelled=image.labelled, seconds=image.seconds_to_label)
    return image


@transaction.atomic
def image_mark(*, image: Image, labelled: bool, by: User) -> Image:
    """Say whether an image is labelled, and touch nothing else of it that others may be changing."""
    if image.labelled != labelled:
        Image.objects.filter(pk=image.pk).update(labelled=labelled)
        image.labelled = labelled
        opinions_refresh(image)
        audit(actor=by, action="image_change", target=image, labelled=labelled)
    return image


@transaction.atomic
def images_mark(*, images: QuerySet[Image], labelled: bool, by: User) -> int:
    """Say of many images whether they are labelled; of how many that was news."""
    rows = list(Image.objects.filter(pk__in=images.order_by().values("pk")).exclude(labelled=labelled).only("dataset"))
    keys = [image.pk for image in rows]
    judged = set(Opinion.objects.filter(image__in=images.order_by().values("pk")).values_list("image", flat=True))
    for start in range(0, len(keys), BATCH):
        Image.objects.filter(pk__in=keys[start : start + BATCH]).update(labelled=labelled)
    for image in rows:
        if image.pk in judged:
            image.labelled = labelled
            opinions_refresh(image)
    for dataset, count in Counter(image.dataset_id for image in rows).items():
        audit(actor=by, action="images_mark", dataset=dataset, labelled=labelled, images=count)
    return len(rows)
