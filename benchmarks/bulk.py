"""Changes of many images of a large dataset, each by the job that makes it, in this process.

    python -m benchmarks.bulk [--images 50000] [--json]

The dataset is that of `benchmarks.gallery`, in a data folder of its own that is thrown away. It is marked as not
labelled and as labelled again, put into a part, two of its three classes are merged, and what no version holds is
deleted after its version has gone. `longest` is the longest that one portion kept others from writing.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.gallery import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labelling.models import BulkChange


def timed(row: int | BulkChange) -> dict[str, float]:
    """Seconds that the job of a change takes, and those of its longest transaction."""
    from jobs.reporter import Reporter
    from jobs.services import job_run_here
    from labelling.models import BULK_KIND, BulkChange

    if not isinstance(row, BulkChange):
        raise SystemExit("So few images are changed without a job.")
    took, begin, safe_point = [0.0], time.perf_counter(), Reporter.safe_point

    @contextmanager
    def watched(reporter: Reporter) -> Iterator[None]:
        began = time.perf_counter()
        with safe_point(reporter):
            yield
        took.append(time.perf_counter() - began)

    with patch.object(Reporter, "safe_point", watched):
        job_run_here(kind=BULK_KIND, title="benchmark", owner=None, target_id=row.pk)
    BulkChange.objects.all().delete()
    return {"seconds": round(time.perf_counter() - begin, 1), "longest": round(max(took), 2)}


def measure(images: int) -> dict[str, dict[str, float]]:
    prepare(images)
    from accounts.models import User
    from labelling.models import Box, BoxClass, BulkAction, DatasetVersion, Image
    from labelling.services import classes_unite, images_change

    carol, found = User.objects.get(), {}

    def change(action: BulkAction, **parameters: Any) -> dict[str, float]:
        return timed(images_change(images=Image.objects.all(), action=action, by=carol, parameters=parameters))

    found["mark as not labelled"] = change(BulkAction.MARK, labelled=False)
    found["mark as labelled"] = change(BulkAction.MARK, labelled=True)
    found["put into a part"] = change(BulkAction.FIX_SPLIT, split="train")
    into = BoxClass.objects.get(name="worn_incorrectly")
    name = f"merge classes of {Box.objects.exclude(box_class=into).count()} boxes"
    found[name] = timed(classes_unite(sources=BoxClass.objects.exclude(pk=into.pk), into=into, by=carol))
    DatasetVersion.objects.all().delete()
    found["delete"] = change(BulkAction.DELETE)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MASKWEB_DATA_DIR=folder, MASKWEB_LOG_LEVEL="WARNING")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskweb.settings")
        found = measure(options.images)
    if options.json:
        print(json.dumps(found))
        return
    print(" seconds  longest")
    for name, row in found.items():
        print(f"{row['seconds']:8.1f} {row['longest']:8.2f}  {name}")


if __name__ == "__main__":
    main()
