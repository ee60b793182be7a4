"""Tells by their content what annotation files are, and opens them. Worker-side: it opens pictures for their size."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final, Protocol

from PIL import Image, UnidentifiedImageError

from labelling.formats.coco_reader import CocoAnnotations, looks_like_coco
from labelling.formats.trees import FileTree, is_picture, open_tree, tree_of
from labelling.formats.voc_reader import VocAnnotations, looks_like_voc
from labelling.formats.yolo_reader import FoundSize, YoloAnnotations, label_files, looks_like_yolo
from labelling.labelbox import ExportError, RecordError, RecordOutcome
from labelling.orientation import exif_orientation
from labelling.pictures import FORMATS, NO_PICTURE, TOO_LARGE, AmbiguousPicture, PictureError, PictureSource

FORMS: Final[Mapping[str, Callable[[FileTree], bool]]] = {
    "voc": looks_like_voc,
    "yolo": looks_like_yolo,
    "coco": looks_like_coco,
}
SUFFIXES: Final = {"voc": (".xml",), "yolo": (".txt", ".yaml", ".yml", ".names", ".labels"), "coco": (".json",)}
IN_MEMORY: Final = 16 * 1024 * 1024
LYING: Final = (5, 6, 7, 8)  # EXIF orientations of pictures that are stored lying on their side


class Records(Protocol):
    """What an import reads: one outcome for each record, as often as wished."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[RecordOutcome]: ...


def form_of(tree: FileTree) -> str | None:
    """voc, yolo or coco; None when the files are none of these."""
    return next((form for form, fits in FORMS.items() if fits(tree)), None)


def form_at(path: Path) -> str | None:
    """The same of the files at a path. Raises ExportError when it cannot be opened."""
    with open_tree(path) as tree:
        return form_of(tree)


def open_annotations(file: BinaryIO) -> Records | None:
    """The records of a file or zip in Pascal VOC, YOLO or COCO; None when it is none of these.

    The file must stay open. Raises ExportError when it cannot be read.
    """
    tree = tree_of(file)
    match form_of(tree):
        case "voc":
            return VocAnnotations(tree)
        case "yolo":
            return YoloAnnotations(tree, lambda names: None)
        case "coco":
            return CocoAnnotations(tree)
        case _:
            return None


def sized(records: Records, pictures: PictureSource, sizes: Mapping[str, tuple[int, int]]) -> Records:
    """The records; where their boxes are shares of a picture's size, that is asked of the pictures.

    `sizes` holds the upright width and height of images that are here already, by external ID.
    """
    if isinstance(records, YoloAnnotations):
        return records.sized_by(lambda names: _size_of(names, pictures, sizes))
    return records


@contextmanager
def annotations_alone(path: Path, form: str) -> Iterator[IO[bytes]]:
    """A zip of the annotation files of a form at a path, a folder or zip, without the pictures beside them.

    `form` is voc, yolo, coco, or auto. Raises ExportError when there are none.
    """
    with open_tree(path) as tree, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        found = form_of(tree) if form == "auto" else form
        if found is None or not FORMS[found](tree):
            raise ExportError(f"{path.name} holds no annotations as {_in_words(form)} has them.")
        _zip(tree, [name for name in tree.names if name.lower().endswith(SUFFIXES[found])], found, file)
        yield file


@contextmanager
def pictures_left_out(path: Path) -> Iterator[IO[bytes]]:
    """A zip of everything in a zip but its pictures; read again, it gives the same records.

    Raises ExportError when it cannot be opened, OSError for a full disk.
    """
    with open_tree(path) as tree, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        _zip(tree, [name for name in tree.names if not is_picture(name)], form_of(tree), file)
        yield file


def _zip(tree: FileTree, names: Sequence[str], form: str | None, file: IO[bytes]) -> None:
    """Write files of a tree to a zip. In YOLO a picture without a file of labels is told by an empty one."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            with tree.open(name) as content, archive.open(name, "w", force_zip64=True) as copy:
                shutil.copyfileobj(content, copy)
        if form == "yolo":
            for name in sorted(label_files(tree.names).keys() - set(tree.names)):
                archive.writestr(name, b"")
    file.seek(0)


def holds_pictures(path: Path) -> bool:
    """Whether a zip brings pictures along."""
    try:
        with open_tree(path) as tree:
            return any(is_picture(name) for name in tree.names)
    except ExportError:
        return False


def _in_words(form: str) -> str:
    return {"voc": "Pascal VOC", "yolo": "YOLO", "coco": "COCO"}.get(form, "Pascal VOC, YOLO or COCO")


def _size_of(names: Sequence[str], pictures: PictureSource, sizes: Mapping[str, tuple[int, int]]) -> FoundSize | None:
    """The first of the names that a picture has, with its upright width and height."""
    for name in names:
        if name in sizes:
            return name, sizes[name]
    for name in names:
        try:
            found = pictures.find(name)
            if found is not None and PurePosixPath(found).suffix.lower() == PurePosixPath(name).suffix.lower():
                return name, _upright_size(pictures.read(found))
        except AmbiguousPicture as error:
            raise RecordError("ambiguous-picture", str(error)) from error
        except PictureError as error:
            raise RecordError("image-not-readable", str(error)) from error
    return None


def _upright_size(content: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            width, height = opened.size
            sideways = exif_orientation(opened) in LYING
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureError(NO_PICTURE) from error
    return (height, width) if sideways else (width, height)
