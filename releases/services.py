"""Every write about releases, and where their folders lie."""

import logging
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from releases.conversion_files import conversions_drop
from releases.models import Activation, ModelRelease, PictureBatch
from yolo.calibration import read_calibration
from yolo.int8 import read_int8
from yolo.release import MANIFEST, Release, ReleaseError, read_release
from yolo.sealed import release_hash

logger = logging.getLogger(__name__)

GOOD_NAME = re.compile(r"\w[\w.-]{0,99}")
"""A release's name is also that of its folder."""


class NoRelease(ReleaseError):
    """There is no release to detect with; the message is a sentence for people."""


class ReleaseKept(ReleaseError):
    """A release cannot be deleted; the message says why."""


def registered_releases() -> Path:
    """The folder of the folders of all releases that do not ship with the product, and of copies of those that do."""
    return Path(settings.MEDIA_ROOT) / "releases"


def release_folder(release: ModelRelease) -> Path:
    """Where the files of a release lie."""
    home = Path(settings.BUNDLED_RELEASES) if release.is_bundled else registered_releases()
    return home / release.folder


def bundled_folders() -> list[Path]:
    """Folders of the releases that ship with the product, by name."""
    home = Path(settings.BUNDLED_RELEASES)
    return sorted(path.parent for path in home.glob(f"*/{MANIFEST}"))


def newest_bundled() -> Path:
    """The bundled release that was made last. Raises NoRelease when none ships."""
    folders = bundled_folders()
    if not folders:
        raise NoRelease(_("No trained network ships with this copy; train one or register its folder."))
    return max(folders, key=_made_at)


def release_check_name(name: str) -> None:
    """Raise ReleaseError with a sentence where a release cannot be given that name, or another one has it."""
    if not GOOD_NAME.fullmatch(name):
        sentence = _("“%(name)s” is no name for a release: up to 100 letters, digits, dots, dashes and underscores.")
        raise ReleaseError(sentence % {"name": name})
    if ModelRelease.objects.filter(name=name).exists():
        raise ReleaseError(_("There is another release named %(name)s; choose another name.") % {"name": name})


def release_register(*, folder: Path, by: User | None, name: str | None = None) -> ModelRelease:
    """Verify a release folder, take a copy of it and put it on the list; the same one twice is one.

    Raises ReleaseError with a sentence when a file is missing or changed, or the name is taken.
    """
    release = read_release(folder)
    digest = release_hash(folder)
    known = ModelRelease.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    wished = name or release.name
    release_check_name(wished)
    home = registered_releases()
    is_there = folder.resolve().parent == home.resolve()
    kept = folder if is_there else _copied(folder, home / wished)
    try:
        with transaction.atomic():
            row = _create_row(release, folder=kept, digest=digest, name=wished, by=by, is_bundled=False)
            audit(actor=by, action="release_register", target=row, name=row.name)
    except BaseException:
        if not is_there:
            shutil.rmtree(kept, ignore_errors=True)
        raise
    return row


def bundled_register() -> list[ModelRelease]:
    """Put the releases that ship with the product on the list; activate the newest when none is active.

    Called at each start and safe to repeat. What a person made active stays so, unless it shipped
    with the product and no longer does. A folder that is not whole is logged and left out. Of each one a
    copy is kept, so that it can be rolled back to when a newer version of the product ships another one.
    """
    rows = {folder: row for folder in bundled_folders() if (row := _bundled_row(folder)) is not None}
    active = ModelRelease.objects.active().first()
    outdated = active is not None and active.is_bundled and not release_folder(active).is_dir()
    _take_over_what_no_longer_ships()
    for folder, row in rows.items():
        _keep_copy(folder, row)
    if rows and (active is None or outdated):
        release_activate(release=rows[max(rows, key=_made_at)], by=None)
    return list(rows.values())


def _take_over_what_no_longer_ships() -> None:
    """Releases of which only our copy is left become ordinary ones."""
    for row in ModelRelease.objects.filter(is_bundled=True):
        if not release_folder(row).is_dir() and _is_copy(registered_releases() / row.name, row):
            ModelRelease.objects.filter(pk=row.pk).update(is_bundled=False, folder=row.name)


def _keep_copy(folder: Path, row: ModelRelease) -> None:
    """Copy a release that ships to where it is looked for once it no longer does, and later what came beside it."""
    if not row.is_bundled:
        return
    kept = registered_releases() / row.name
    try:
        if not kept.exists():
            _copied(folder, kept)
        elif _is_copy(kept, row):
            for name, _size in _files_of(folder) - _files_of(kept):
                shutil.copyfile(folder / name, kept / name)
    except (ReleaseError, OSError) as error:
        logger.error("No copy of %s is kept, so that it will be gone when it no longer ships: %s", row.name, error)


def _is_copy(folder: Path, row: ModelRelease) -> bool:
    """Whether that folder is of this release: another one may have its name, and is left alone."""
    return (folder / MANIFEST).is_file() and release_hash(folder) == row.sha256


def _files_of(folder: Path) -> set[tuple[str, int]]:
    return {(file.name, file.stat().st_size) for file in folder.iterdir()}


@transaction.atomic
def additions_take(*, release: ModelRelease, by: User | None) -> ModelRelease:
    """Copy to the row what its folder holds besides release.json, each file verified. Raises ReleaseError."""
    found = _additions_of(release_folder(release))
    new = [name for name, content in found.items() if content and content != getattr(release, name)]
    if not new:
        return release
    for name in new:
        setattr(release, name, found[name])
        release.shortfalls.pop(name, None)
    release.save(update_fields=[*new, "shortfalls"])
    for name in new:
        audit(actor=by, action=f"release_{name}", target=release, name=release.name, seal=found[name]["seal"])
    return release


def release_active() -> ModelRelease:
    """The release that judges. Raises NoRelease when there is none, not even a bundled one."""
    active = ModelRelease.objects.active().first()
    if active is None:
        bundled_register()
        active = ModelRelease.objects.active().first()
    if active is None:
        raise NoRelease(_("No model is active: train one, or activate one on the Models page."))
    return active


@transaction.atomic
def release_activate(*, release: ModelRelease, by: User | None, is_rollback: bool = False) -> ModelRelease:
    """Make this the one release that judges from now on. Raises ReleaseError when its files are not whole."""
    read_release(release_folder(release))
    before = ModelRelease.objects.select_for_update().active().first()
    if before is not None and before.pk == release.pk:
        return before
    ModelRelease.objects.active().update(is_active=False)
    release.is_active = True
    release.activated_at = timezone.now()
    release.save(update_fields=["is_active", "activated_at"])
    Activation.objects.create(
        release=release, name=release.name, at=release.activated_at, by=by, is_rollback=is_rollback
    )
    action = "release_roll_back" if is_rollback else "release_activate"
    audit(actor=by, action=action, target=release, name=release.name, before=before and before.name)
    return release


def release_before() -> ModelRelease | None:
    """The release to roll back to: the one that judged before the active one was chosen.

    Rolling back twice goes back twice. Releases deleted since are passed over.
    """
    chosen: list[int | None] = []
    for release, is_rollback in Activation.objects.order_by("at", "pk").values_list("release", "is_rollback"):
        while is_rollback and chosen and chosen[-1] != release:
            chosen.pop()
        if not chosen or chosen[-1] != release:
            chosen.append(release)
    earlier = [release for release in chosen[:-1] if release is not None]
    rows = ModelRelease.objects.filter(is_active=False).in_bulk(earlier)
    return next((rows[release] for release in reversed(earlier) if release in rows), None)


def release_roll_back(*, to: ModelRelease, by: User | None) -> ModelRelease:
    """Let the release that judged before judge again.

    `to` is the one that the person was shown: raises ReleaseError when somebody has switched meanwhile, or when
    its files are not whole.
    """
    with transaction.atomic():
        if release_before() != to:
            raise ReleaseError(_("Meanwhile another release was made active: look again at what to roll back to."))
        return release_activate(release=to, by=by, is_rollback=True)


def release_kept_by(release: ModelRelease) -> str:
    """Why a release cannot be deleted, as a sentence; empty where it can."""
    if release.is_active:
        return _("%(name)s is active: make another release active first.") % {"name": release.name}
    if release.is_bundled and release_folder(release).is_dir():
        return _("%(name)s ships with the product and would be back at the next start.") % {"name": release.name}
    counts = {
        relation.related_model._meta: relation.related_model._base_manager.filter(
            **{relation.field.name: release}
        ).count()
        for relation in release._meta.related_objects
        if relation.on_delete is models.PROTECT
    }
    users = [
        f"{count} {meta.verbose_name if count == 1 else meta.verbose_name_plural}"
        for meta, count in counts.items()
        if count
    ]
    words = {"name": release.name, "users": ", ".join(users)}
    if users and release.previews.exists():
        return _("%(name)s is still pointed at: %(users)s. The analyses of a preview go with the preview.") % words
    if users:
        return _("%(name)s is still pointed at: %(users)s.") % words
    if PictureBatch.objects.unfinished().filter(release=release).exists():
        return _("%(name)s still has to look at a batch of photographs.") % words
    return ""


@transaction.atomic
def release_delete(*, release: ModelRelease, by: User | None) -> None:
    """Delete a release that nothing points at and, once committed, its files. Raises ReleaseKept."""
    release = ModelRelease.objects.select_for_update().get(pk=release.pk)
    why = release_kept_by(release)
    if why:
        raise ReleaseKept(why)
    audit(actor=by, action="release_delete", target=release, name=release.name, sha256=release.sha256)
    folder, is_ours = release_folder(release), not release.is_bundled
    conversions_drop(release, by=by)
    release.delete()
    if is_ours:
        transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True), robust=True)


def _made_at(folder: Path) -> tuple[str, str]:
    """Sorts releases by when they were made (ISO 8601, UTC), then by name."""
    return str(read_release(folder, verify=False).provenance.get("created", "")), folder.name


def _bundled_row(folder: Path) -> ModelRelease | None:
    digest = release_hash(folder)
    known = ModelRelease.objects.filter(sha256=digest).first()
    if known is not None:
        return _with_additions(known)
    try:
        release = read_release(folder)
        _additions_of(folder)
    except ReleaseError as error:
        logger.error("%s ships with the product but cannot be used: %s", folder.name, error)
        return None
    return _create_row(release, folder=folder, digest=digest, name=_free_name(release.name), by=None, is_bundled=True)


def _with_additions(known: ModelRelease) -> ModelRelease:
    """A release on the list, with what a newer version of the product ships beside it."""
    try:
        return additions_take(release=known, by=None) if known.is_bundled else known
    except ReleaseError as error:
        logger.error("What ships beside %s cannot be used: %s", known.name, error)
        return known


def _additions_of(folder: Path) -> dict[str, dict[str, Any]]:
    """What lies sealed beside a release, every file verified; empty where there is nothing. Raises ReleaseError."""
    return {"int8": read_int8(folder) or {}, "calibration": read_calibration(folder) or {}}


def _free_name(wished: str) -> str:
    taken = set(ModelRelease.objects.filter(name__startswith=wished).values_list("name", flat=True))
    number, name = 1, wished
    while name in taken:
        number += 1
        name = f"{wished}-{number}"
    return name


def _create_row(
    release: Release, *, folder: Path, digest: str, name: str, by: User | None, is_bundled: bool
) -> ModelRelease:
    row = ModelRelease(
        name=name,
        network=release.network,
        net_size=release.net_size,
        classes=list(release.classes),
        metrics=release.metrics,
        provenance=release.provenance,
        sha256=digest,
        folder=folder.name,
        is_bundled=is_bundled,
        created_by=by,
        **_additions_of(folder),
    )
    row.full_clean()
    row.save()
    return row


def _copied(source: Path, target: Path) -> Path:
    """Copy a folder so that it appears whole or not at all."""
    unfinished = target.parent / f".{target.name}.{uuid4().hex}"
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(source, unfinished)
        unfinished.rename(target)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        sentence = _("The release cannot be copied to %(folder)s: %(reason)s.")
        raise ReleaseError(sentence % {"folder": target.name, "reason": error.strerror or error}) from error
    return target
