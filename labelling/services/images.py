"""Every write about images, apart from their boxes."""

from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.models import Image, VersionImage
from labelling.pace import portions
from labelling.services.files import delete_files_on_commit, delete_thumbnails_on_commit
from labelling.services.opinions import opinions_refresh, opinions_refresh_all, opinions_silence


def images_delete(*, images: QuerySet[Image], by: User | None) -> int:
    """Delete images with their boxes; how many. Raises ValidationError when a version holds one of them.

    All are looked at before the first goes, and they go in portions, so that nobody waits long for the database.
    """
    refuse_frozen(VersionImage.objects.filter(image__in=images))
    keys = list(images.order_by("pk").values_list("pk", flat=True))
    return sum(images_delete_portion(keys=portion, by=by) for portion in portions(keys))


@transaction.atomic
def images_delete_portion(*, keys: Sequence[int], by: User | None) -> int:
    """Delete those images of these keys that are still there; how many. Raises as images_delete does."""
    refuse_frozen(VersionImage.objects.filter(image__in=keys))
    rows = list(Image.objects.filter(pk__in=keys).only("dataset", "external_id", "file", "sha256"))
    for image in rows:
        audit(actor=by, action="image_delete", target=image, dataset=image.dataset_id, external_id=image.external_id)
    Image.objects.filter(pk__in=[image.pk for image in rows]).delete()
    files = {image.file.name or "" for image in rows if image.file}
    delete_files_on_commit(files - set(Image.objects.filter(file__in=files).values_list("file", flat=True)))
    digests = {image.sha256 for image in rows}
    delete_thumbnails_on_commit(
        digests - set(Image.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    )
    return len(rows)


def refuse_frozen(frozen: QuerySet[VersionImage]) -> None:
    """Raise ValidationError where versions hold images that are to go."""
    if frozen.exists():
        raise ValidationError(_("Some of these images are frozen in a version; they stay as long as it does."))


@transaction.atomic
def image_change(*, image: Image, by: User) -> Image:
    """Keep what a person changed of an image: whether it counts as labelled, and how long that took."""
    if not Image.objects.filter(pk=image.pk, labelled=image.labelled).exists():
        image.edited_at = timezone.now()
    image.save(update_fields=["labelled", "seconds_to_label", "edited_at"])
    opinions_refresh(image)
    audit(actor=by, action="image_change", target=image, labelled=image.labelled, seconds=image.seconds_to_label)
    return image


@transaction.atomic
def image_mark(*, image: Image, labelled: bool, by: User) -> Image:
    """Say whether an image is labelled, and touch nothing else of it that others may be changing.

    That counts as an edit: later imports leave its boxes, or their absence, as they are.
    """
    if image.labelled != labelled:
        image.labelled, image.edited_at = labelled, timezone.now()
        Image.objects.filter(pk=image.pk).update(labelled=labelled, edited_at=image.edited_at)
        opinions_refresh(image)
        audit(actor=by, action="image_change", target=image, labelled=labelled)
    return image


def images_mark(*, images: QuerySet[Image], labelled: bool, by: User) -> int:
    """Say of many images whether they are labelled; of how many that was news.

    In portions, so that nobody waits long for the database: broken off, it has marked a part and can be done again.
    """
    keys = list(images.order_by("pk").values_list("pk", flat=True))  # all, before filters stop fitting
    return sum(images_mark_portion(keys=portion, labelled=labelled, by=by) for portion in portions(keys))


@transaction.atomic
def images_mark_portion(*, keys: Sequence[int], labelled: bool, by: User | None) -> int:
    """Say of the images of these keys whether they are labelled; of how many that was news."""
    news = Image.objects.filter(pk__in=keys).exclude(labelled=labelled)
    found = dict(news.select_for_update(no_key=True).order_by("pk").values_list("pk", "dataset"))
    Image.objects.filter(pk__in=found).update(labelled=labelled, edited_at=timezone.now())
    if labelled:
        opinions_refresh_all(keys=list(found))
    else:
        opinions_silence(keys=list(found))
    for dataset, count in Counter(found.values()).items():
        audit(actor=by, action="images_mark", dataset=dataset, labelled=labelled, images=count)
    return len(found)
