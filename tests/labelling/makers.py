"""Small exports, pictures and datasets for the tests of labelling."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Picture

from jobs.services import job_run_here
from labelling.models import IMPORT_KIND, Dataset, Image, LabelImport, PreLabel, Proposal
from labelling.services import dataset_create, import_create
from tests.detection.makers import make_release


def record(external_id: str | None = "a.jpg", objects: Any = (), **others: Any) -> dict[str, Any]:
    """A record of the 2020 form."""
    label = {"objects": list(objects), "classifications": []}
    return {"ID": f"id-{external_id}", "External ID": external_id, "Label": label, **others}


def bbox(title: str, left: Any, top: Any, width: Any, height: Any, **others: Any) -> dict[str, Any]:
    return {
        "title": title,
        "value": title,
        "bbox": {"left": left, "top": top, "width": width, "height": height},
        **others,
    }


def noise(width: int = 40, height: int = 30, seed: int = 0) -> Picture.Image:
    """A picture like no other: its difference hash is far from that of another seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    return Picture.fromarray(blocks).resize((width, height), Picture.Resampling.NEAREST)


def encoded(picture: Picture.Image, form: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def jpeg(width: int = 40, height: int = 30, seed: int = 0) -> bytes:
    return encoded(noise(width, height, seed), quality=95)


def zipped(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def import_here(
    records: list[Any],
    files: Mapping[str, bytes] | None = None,
    *,
    dataset: Dataset | None = None,
    pictures_path: Path | None = None,
    class_map: Mapping[str, str] | None = None,
) -> LabelImport:
    """Import an export of these records, with a zip of these pictures, to its end."""
    row = import_create(
        dataset=dataset or Dataset.objects.first() or dataset_create(name="masks", by=None),
        export=ContentFile(json.dumps(records).encode(), name="export.json"),
        pictures=ContentFile(zipped(files), name="pictures.zip") if files is not None else None,
        pictures_path=pictures_path,
        class_map=class_map,
        by=None,
    )
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    row.refresh_from_db()
    return row


def make_proposal(
    image: Image, class_name: str, xyxy: tuple[float, float, float, float], *, score: float = 0.5, state: str = "open"
) -> Proposal:
    """What a release proposes for an image whose dataset has the class."""
    x_min, y_min, x_max, y_max = xyxy
    prelabel = PreLabel.objects.get_or_create(dataset=image.dataset, release=make_release())[0]
    return Proposal.objects.create(
        image=image,
        prelabel=prelabel,
        box_class=image.dataset.classes.get(name=class_name),
        **{"x_min": x_min, "y_min": y_min, "x_max": x_max, "y_max": y_max},
        score=score,
        state=state,
        decided_at=None if state == "open" else timezone.now(),
    )
