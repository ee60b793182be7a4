"""A large Labelbox export: the look at it, the import, and how the site answers meanwhile.

    python -m benchmarks.labelling_import [--records 100000] [--json]

Makes an export of the 2020 form with five boxes a record and a zip of small JPEGs (64x48, no two alike), drawn with
one seed, and a data folder of its own that is thrown away. `manage.py import_labelbox` then runs as a process of its
own, first with --dry-run, then in earnest, while a signed-in person asks a running server for the list of datasets
four times a second. Peak memory is that of the process that imports. Where the processor time is far below the
seconds, something else ran on the machine.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 64, 48
CLASSES = ("with_mask", "without_mask", "worn_incorrectly")
BOXES = 5
PASSWORD = "correct horse battery"  # of an account in a folder that is thrown away
LIMITS = {"dry_run": 90.0, "import": 240.0}
MOST_MB = 600.0
ASK_EVERY = 0.25


def make_export(folder: Path, records: int) -> tuple[Path, Path]:
    """The export and the zip of its pictures."""
    export, pictures = folder / "export.json", folder / "pictures.zip"
    rng = np.random.default_rng(0)
    with export.open("w") as file, zipfile.ZipFile(pictures, "w") as archive:
        for number in range(records):
            file.write("[\n" if number == 0 else ",\n")
            json.dump(_record(number, rng), file)
            archive.writestr(_name(number), _picture(rng))
        file.write("\n]\n")
    return export, pictures


def _name(number: int) -> str:
    return f"camera-{number:06}.jpg"


def _record(number: int, rng: np.random.Generator) -> dict[str, Any]:
    left, top = rng.integers(0, WIDTH - 12, BOXES).tolist(), rng.integers(0, HEIGHT - 12, BOXES).tolist()
    wide, high = rng.integers(4, 12, BOXES).tolist(), rng.integers(4, 12, BOXES).tolist()
    objects = [
        {
            "featureId": f"feature-{number}-{i}",
            "title": CLASSES[(number + i) % len(CLASSES)],
            "value": CLASSES[(number + i) % len(CLASSES)],
            "bbox": {"top": top[i], "left": left[i], "height": high[i], "width": wide[i]},
        }
        for i in range(BOXES)
    ]
    return {
        "ID": f"record-{number}",
        "DataRow ID": f"row-{number}",
        "Labeled Data": f"https://storage.example.com/{_name(number)}",
        "Label": {"objects": objects, "classifications": []},
        "Created By": f"person{number % 5}@example.com",
        "Project Name": "Entrance",
        "Created At": "2021-03-01T09:00:00.000Z",
        "Updated At": "2021-03-01T09:05:00.000Z",
        "Seconds to Label": 10 + number % 30,
        "External ID": _name(number),
    }


def _picture(rng: np.random.Generator) -> bytes:
    blocks = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(blocks).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST).save(file, "JPEG", quality=80)
    return file.getvalue()


def manage(data: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of a command of the product."""
    environment = os.environ | {"MASKWEB_DATA_DIR": str(data), "MASKWEB_LOG_LEVEL": "WARNING"}
    return [sys.executable, str(ROOT / "manage.py"), *arguments], environment


def run(data: Path, *arguments: str) -> dict[str, Any]:
    """Run a command to its end: its result as JSON, seconds by the clock and of processor time, peak memory in MB."""
    command, environment = manage(data, *arguments)
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=printed)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        printed.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(arguments[:2])} ended with {process.returncode}.")
        report = json.loads(printed.read() or "{}")
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "report": report,
    }


@contextmanager
def server(data: Path) -> Iterator[str]:
    """The address of the whole product, running on the data folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command, environment = manage(data, "up", "--port", str(port))
    with (data / "printed.txt").open("wb") as printed:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=printed, stderr=printed)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/health/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def signed_in(address: str) -> urllib.request.OpenerDirector:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{address}/accounts/login/").read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    form = {"csrfmiddlewaretoken": found[1], "username": "benchmark", "password": PASSWORD}
    request = urllib.request.Request(f"{address}/accounts/login/", urllib.parse.urlencode(form).encode())
    request.add_header("Referer", f"{address}/accounts/login/")
    browser.open(request).close()
    return browser


class Visitor(threading.Thread):
    """Asks for the list of datasets again and again and keeps how long each answer took, in milliseconds."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self._address, self._browser = f"{address}/datasets/", signed_in(address)
        self._over = threading.Event()
        self.took: list[float] = []
        self.failed = 0

    def run(self) -> None:
        while not self._over.wait(ASK_EVERY):
            begin = time.perf_counter()
            try:
                with self._browser.open(self._address, timeout=60) as answer:
                    self.failed += answer.url != self._address
            except OSError:
                self.failed += 1
            self.took.append((time.perf_counter() - begin) * 1000)

    def end(self) -> dict[str, float]:
        self._over.set()
        self.join()
        took = sorted(self.took) or [0.0]
        return {
            "asked": len(self.took),
            "failed": self.failed,
            "p50_ms": round(statistics.median(took)),
            "p95_ms": round(took[int(0.95 * (len(took) - 1))]),
            "max_ms": round(took[-1]),
        }


def measure(records: int, folder: Path) -> dict[str, Any]:
    begin = time.perf_counter()
    export, pictures = make_export(folder, records)
    found: dict[str, Any] = {"records": records, "making_seconds": round(time.perf_counter() - begin, 1)}
    data = folder / "data"
    data.mkdir()
    person = f"User.objects.create_superuser('benchmark', password={PASSWORD!r}, role='dataset_manager')"
    run(data, "migrate", "--verbosity", "0")
    run(data, "shell", "--no-imports", "--command", f"from accounts.models import User\n{person}")
    arguments = ("import_labelbox", str(export), "--images", str(pictures), "--dataset", "benchmark", "--json")
    with server(data) as address:
        for name, further in (("dry_run", ("--dry-run",)), ("import", ())):
            visitor = Visitor(address)
            visitor.start()
            found[name] = run(data, *arguments, "--verbosity", "0", *further)
            found[name]["site"] = visitor.end()
            report = found[name].pop("report")
            found[name] |= {"images": report["images"], "boxes": report["boxes"]}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.records, Path(folder))
    if options.json:
        print(json.dumps(found))
        return
    for name, most in LIMITS.items():
        row = found[name]
        print(f"{name}: {row['images']:,} images, {row['boxes']:,} boxes in {row['seconds']} s (limit {most:.0f} s)")
        print(
            f"  {row['processor_seconds']} s of processor time, peak memory {row['peak_mb']} MB (limit {MOST_MB:.0f})"
        )
        print(
            "  the site meanwhile: {asked} answers, p50 {p50_ms} ms, p95 {p95_ms} ms, most {max_ms} ms".format(
                **row["site"]
            )
        )


if __name__ == "__main__":
    main()
