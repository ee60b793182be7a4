"""Every write about batches of photographs that a person or the clock asks for."""

import hashlib
import logging
import shutil
import time
from datetime import timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.move import file_move_safe
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.models import Job
from jobs.services import job_cancel, job_enqueue, job_resume
from releases.batches.models import (
    BATCH_KIND,
    BatchPicture,
    BatchZip,
    PictureBatch,
    batches_folder,
    new_file_name,
)
from releases.batches.names import clean_name, free_name
from releases.services import NoRelease, release_active, release_folder
from releases.warm import MOST_BYTES
from yolo.release import ReleaseError, read_release

logger = logging.getLogger(__name__)

MOST_PICTURES: Final = 5000  # in one batch
KEEP_DAYS: Final = 7
MOST_KEEP_DAYS: Final = 7
SPARE_BYTES: Final = 256 * 2**20  # what uploads leave free on the disk
NEW_FOLDER: Final = 3600  # seconds; one without a row may be that of a batch which is just being made
TRIES: Final = 5


@transaction.atomic
def batch_create(*, by: User, name: str = "", keep_days: int = KEEP_DAYS, score: float | None = None) -> PictureBatch:
    """Make an empty batch, which takes pictures in until it is started."""
    if not 1 <= keep_days <= MOST_KEEP_DAYS:
        raise ValidationError(
            {"keep_days": _("Photographs are kept for 1 to %(most)d days.") % {"most": MOST_KEEP_DAYS}}
        )
    now = timezone.now()
    batch = PictureBatch(
        name=name.strip() or _("Photographs of %(day)s") % {"day": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        owner=by,
        score=score,
        expires_at=now + timedelta(days=keep_days),
    )
    batch.full_clean()
    batch.save()
    batch.folder.mkdir(parents=True)
    audit(actor=by, action="picture_batch_create", target=batch, name=batch.name, keep_days=keep_days)
    return batch


def picture_add(*, batch: PictureBatch, name: str, file: File[bytes]) -> BatchPicture:
    """Take one photograph in, under the path it came with; the same content under the same path is taken in once.

    Another content under a path that is taken gets a number. Raises ValidationError naming `picture`.
    """
    size = file.size or 0
    if not 0 < size <= MOST_BYTES:
        refuse_picture(_("It is empty or larger than %(most)d MB.") % {"most": MOST_BYTES // 2**20})
    room_check(batch, pictures=1, size=size)
    wished = clean_name(name)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    known = batch.pictures.filter(name=wished, sha256=digest.hexdigest()).first()
    if known is not None:
        return known
    picture = BatchPicture(batch=batch, size=size, sha256=digest.hexdigest(), file_name=new_file_name())
    _place(file, picture)
    try:
        return _saved(picture, wished)
    except BaseException:
        picture.path.unlink(missing_ok=True)
        raise


def room_check(batch: PictureBatch, *, pictures: int, size: int) -> None:
    """Raise ValidationError where a batch takes no more pictures, or not as many, or not as many bytes."""
    if batch.started_at is not None:
        raise ValidationError(_("This batch has been started: make another one for further photographs."))
    if batch.pictures.count() + pictures > MOST_PICTURES:
        refuse_picture(_("A batch holds up to %(most)d photographs.") % {"most": MOST_PICTURES})
    held = batch.pictures.filter(zip=None).aggregate(all=Sum("size"))["all"] or 0
    held += batch.zips.aggregate(all=Sum("size"))["all"] or 0
    if held + size > settings.BATCH_MOST_BYTES:
        most = filesizeformat(settings.BATCH_MOST_BYTES)
        refuse_picture(_("The photographs of a batch come to %(most)s at most.") % {"most": most})
    if shutil.disk_usage(settings.MEDIA_ROOT).free < size + SPARE_BYTES:
        refuse_picture(_("The disk of the server is nearly full. What has arrived is kept."))


def refuse_picture(sentence: str) -> None:
    raise ValidationError({"picture": sentence})


@transaction.atomic
def batch_start(*, batch: PictureBatch, by: User) -> PictureBatch:
    """Have the active release look at all of a batch, by a job; a stopped one goes on with the release it has.

    Raises ValidationError without a picture or a release, while a zip is not whole, and when there is nothing to do.
    """
    batch = PictureBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if batch.job is not None:
        job_resume(job=batch.job, by=by)
        return batch
    for unfinished in batch.zips.all():
        if not unfinished.is_whole:
            raise ValidationError(_("%(name)s has not arrived whole yet.") % {"name": unfinished.name})
    count = batch.pictures.count()
    if not count:
        raise ValidationError(_("There is no photograph in this batch yet."))
    if batch.started_at is None:
        _choose_release(batch)
    batch.started_at = timezone.now()
    title = _("Look at %(name)s") % {"name": batch.name}
    batch.job = job_enqueue(kind=BATCH_KIND, title=title, owner=by, target_id=batch.pk)
    batch.save()
    audit(actor=by, action="picture_batch_start", target=batch, release=batch.release_name, photographs=count)
    return batch


@transaction.atomic
def batch_delete(*, batch: PictureBatch, by: User | None) -> None:
    """Delete a batch with its photographs and all that was seen on them, at once; its job stops."""
    for job in Job.objects.unfinished().filter(kind=BATCH_KIND, target_id=batch.pk):
        job_cancel(job=job, by=by)
    pictures = BatchPicture.objects.filter(batch=batch)
    action = "picture_batch_delete" if by is not None else "picture_batch_expire"
    audit(actor=by, action=action, target=batch, name=batch.name, photographs=pictures.count())
    folder = batch.folder
    pictures.delete()
    batch.delete()
    transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True), robust=True)


def batches_sweep() -> int:
    """Delete the batches whose time is over, and folders that no batch has; how many batches it were."""
    expired = list(PictureBatch.objects.expired())
    for batch in expired:
        batch_delete(batch=batch, by=None)
    home = batches_folder()
    folders = {path.name: path for path in home.iterdir()} if home.is_dir() else {}
    keys = {str(key) for key in PictureBatch.objects.values_list("pk", flat=True)}
    for name in folders.keys() - keys:
        if time.time() - folders[name].stat().st_mtime > NEW_FOLDER:
            shutil.rmtree(folders[name], ignore_errors=True)
    if expired:
        logger.info("deleted %s batches of photographs whose time was over", len(expired))
    return len(expired)


@transaction.atomic
def zip_remove(*, packed: BatchZip) -> None:
    """Leave a zip out of its batch, whole or not, with the pictures in it."""
    if packed.batch.started_at is not None:
        raise ValidationError(_("This batch has been started."))
    path = packed.path
    packed.delete()
    transaction.on_commit(partial(path.unlink, missing_ok=True), robust=True)


def _choose_release(batch: PictureBatch) -> None:
    """The active release, and the scores from which its boxes count, once for the whole batch."""
    try:
        batch.release = release_active()
        written = read_release(release_folder(batch.release), verify=False)
    except NoRelease as error:
        raise ValidationError(str(error)) from error
    except ReleaseError as error:
        raise ValidationError(_("The active model cannot be used: %(why)s") % {"why": error}) from error
    batch.release_name = batch.release.name
    own = written.thresholds
    batch.thresholds = {name: own[name] if batch.score is None else batch.score for name in written.classes}


def _place(file: File[bytes], picture: BatchPicture) -> None:
    """Put the content where the picture has it: an upload that lies on the same disk is only moved."""
    try:
        if isinstance(file, TemporaryUploadedFile):
            file_move_safe(file.temporary_file_path(), str(picture.path))
            picture.path.chmod(0o600)
            return
        with picture.path.open("wb") as kept:
            kept.writelines(file.chunks())
    except OSError as error:
        picture.path.unlink(missing_ok=True)
        logger.warning("a photograph of batch %s cannot be kept: %s", picture.batch_id, error)
        refuse_picture(_("It cannot be kept: %(why)s.") % {"why": error.strerror or error})


def _saved(picture: BatchPicture, wished: str) -> BatchPicture:
    """The picture under its name or one with a number; another request may take a name at the same time."""
    for _try in range(TRIES):
        picture.name = free_name(wished, names_like(picture.batch, [wished]))
        picture.pk = None
        try:
            with transaction.atomic():
                if not PictureBatch.objects.select_for_update().filter(pk=picture.batch_id, started_at=None).exists():
                    raise ValidationError(_("This batch has been started."))
                picture.save(force_insert=True)
        except IntegrityError:
            continue
        return picture
    raise ValidationError({"picture": _("Too many photographs of this name arrive at the same time.")})


def names_like(batch: PictureBatch, wished: list[str]) -> set[str]:
    """The names that are taken in a batch; of many wished at once all of them are asked for."""
    names = batch.pictures.values_list("name", flat=True)
    if len(wished) == 1:
        names = names.filter(name__startswith=wished[0].rpartition(".")[0] or wished[0])
    return set(names)
