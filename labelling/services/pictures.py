"""One picture that a person adds to a dataset, with its boxes or without."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from labelling.class_aliases import class_names_of
from labelling.importing import store_picture
from labelling.lost_files import is_damaged, put_back
from labelling.merging import classes_named
from labelling.models import BoxChange, BoxClass, Dataset, Image
from labelling.outcomes import NamedBox
from labelling.pictures import MOST_BYTES, Picture, PictureError, examine_picture
from labelling.services.boxes import box_create


def image_add(
    *, dataset: Dataset, file: "File[bytes]", by: User, external_id: str = "", boxes: Sequence[NamedBox] | None = None
) -> Image:
    """Add a picture under its external ID, by default its file's name. Without `boxes` (None) it counts as unlabelled.

    Classes are named as imports name them, new ones made. Raises ValidationError, naming the field, for a file that
    is no usable picture, an ID that is taken, or a box that is not inside the picture; then nothing is stored.
    """
    external_id = external_id.strip() or PurePath(file.name or "").name
    _refuse_taken(dataset, external_id)
    picture = _examined(file)
    image = Image(dataset=dataset, external_id=external_id, labelled=boxes is not None)
    image.width, image.height, image.depth = picture.width, picture.height, picture.depth
    image.sha256, image.perceptual_hash = picture.sha256, picture.perceptual_hash
    names = class_names_of(dataset, {})
    named = [NamedBox(names.name_for(box.name), box.xyxy) for box in boxes or ()]
    with transaction.atomic():
        image.file.name = store_picture(dataset.pk, picture)
        image.full_clean()
        image.save()
        _draw(image, named, by)
        audit(actor=by, action="image_add", target=image, dataset=dataset.name, external_id=external_id)
    image.refresh_from_db()
    return image


def image_restore(*, dataset: Dataset, file: "File[bytes]", by: User, external_id: str = "") -> Image | None:
    """Put back the lost or damaged file of the image that had these very bytes; None where there is none such.

    With an external ID it is the image of that ID or none.
    """
    if file.size > MOST_BYTES:
        return None
    content = file.read()
    file.seek(0)
    alike = dataset.images.filter(sha256=hashlib.sha256(content).hexdigest()).exclude(file="").order_by("pk")
    named = alike.filter(external_id=external_id.strip()) if external_id.strip() else alike
    image = next((each for each in named if is_damaged(each)), None)
    if image is not None:
        put_back(image, content)
        audit(actor=by, action="image_restore", target=image, dataset=dataset.name, external_id=image.external_id)
    return image


def _refuse_taken(dataset: Dataset, external_id: str) -> None:
    if dataset.images.filter(external_id=external_id).exists():
        raise ValidationError({"external_id": _("This dataset has an image %(name)s already.") % {"name": external_id}})


def _examined(file: "File[bytes]") -> Picture:
    if file.size > MOST_BYTES:
        raise ValidationError({"file": _("This picture is larger than %(most)d MB.") % {"most": MOST_BYTES // 2**20}})
    try:
        return examine_picture(file.read())
    except PictureError as error:
        raise ValidationError({"file": _("This picture cannot be used: %(why)s.") % {"why": error}}) from error


def _draw(image: Image, boxes: Sequence[NamedBox], by: User) -> None:
    classes: Mapping[str, BoxClass] = classes_named(image.dataset, {box.name for box in boxes})
    for number, box in enumerate(boxes, start=1):
        try:
            box_create(image=image, box_class=classes[box.name], xyxy=box.xyxy, by=by, source=BoxChange.Source.API)
        except ValidationError as error:
            said = _("Box %(number)d: %(why)s") % {"number": number, "why": " ".join(error.messages)}
            raise ValidationError({"boxes": said}) from error
