"""Runs a fetch: reads the pictures that a dataset misses from the addresses in its records. Worker-side.

Downloads go on side by side; what came is attached in small portions by the rules of an import, so
that the outcome is the one that an import with the same pictures would have had. What was attached
stays when the job is stopped or dies; the next attempt asks only for what is still missing.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from jobs.reporter import Reporter
from labelling.addresses import FetchError
from labelling.class_names import ClassNames
from labelling.importing import store_picture
from labelling.labelbox import LabelObject, LabelRecord
from labelling.labelbox.values import ADDRESS, moment_of, size_of, text_of
from labelling.merging import Changes, Merge
from labelling.models import Box, Dataset, Image, PictureFetch
from labelling.outcomes import Arrival, arrival_of
from labelling.picture_download import Downloader, Limits
from labelling.pictures import Picture, PictureError, examine_picture

BATCH: Final = 20
WAITING: Final = 2  # downloads asked for at once, for each that runs
SHOWN: Final = 100  # pictures named in the report for each reason
BEAT: Final = 1.0  # seconds


@dataclass
class FetchReport:
    """What became of the pictures asked for. `failed` counts by reason; `first` names some of each."""

    wanted: int
    fetched: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def fail(self, image: int, external_id: str, error: FetchError) -> None:
        self.failed[error.reason] += 1
        named = self.first.setdefault(error.reason, [])
        if len(named) < SHOWN:
            named.append({"image": image, "external_id": external_id, "message": str(error)})

    @property
    def done(self) -> int:
        return self.fetched + self.failed.total()

    def as_json(self) -> dict[str, Any]:
        return {
            "wanted": self.wanted,
            "fetched": self.fetched,
            "failed": dict(self.failed.most_common()),
            "first": self.first,
        }


@dataclass(frozen=True)
class Wanted:
    """An image that waits for its picture, and the address in its record."""

    pk: int
    external_id: str
    address: str


Result = tuple[Wanted, Picture | FetchError]


def run(reporter: Reporter, target_id: int) -> None:
    """Read what a PictureFetch row asks for. Running it again does no harm."""
    row = PictureFetch.objects.select_related("dataset").get(pk=target_id)
    if row.finished_at is not None:
        return
    wanted = _wanted(row.dataset)
    fetched = int(row.report.get("fetched", 0))  # by attempts before this one
    report = FetchReport(wanted=fetched + len(wanted), fetched=fetched)
    reporter.progress(done=report.done, total=report.wanted)
    arrived = Arrived(row.dataset)
    with closing(_results(wanted, reporter)) as results:
        for each, result in results:
            if isinstance(result, FetchError):
                report.fail(each.pk, each.external_id, result)
            else:
                arrived.keep(each.external_id, result)
            if len(arrived.pictures) == BATCH:
                arrived = _attach(reporter, row, arrived, report)
            reporter.progress(done=report.done + len(arrived.pictures), total=report.wanted)
    _attach(reporter, row, arrived, report)
    with reporter.safe_point():
        row.report, row.finished_at = report.as_json(), timezone.now()
        row.save(update_fields=["report", "finished_at"])


class Arrived:
    """Pictures in storage whose images do not know of them yet. Memory holds their measures only."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.pictures: dict[str, Picture] = {}
        self.files: dict[str, str] = {}

    def keep(self, external_id: str, picture: Picture) -> None:
        self.files[external_id] = store_picture(self._dataset.pk, picture)
        self.pictures[external_id] = replace(picture, content=b"")


def _wanted(dataset: Dataset) -> list[Wanted]:
    rows = Image.objects.visible().filter(dataset=dataset, file="").order_by("pk")
    values = rows.values_list("pk", "external_id", "source_row")
    return [Wanted(pk, name, text_of(source.get(ADDRESS))) for pk, name, source in values.iterator()]


def _results(
    wanted: Sequence[Wanted], reporter: Reporter
) -> Generator[tuple[Wanted, Picture | FetchError], None, None]:
    """What came of each, in the order in which it comes; the job beats meanwhile."""
    limits = Limits(
        most_bytes=settings.FETCH_MOST_BYTES,
        total_seconds=settings.FETCH_SECONDS,
        pause_seconds=settings.FETCH_PAUSE_SECONDS,
    )
    downloader = Downloader(allowed_hosts=settings.FETCH_HOSTS_ALLOWED, limits=limits)
    at_once = max(1, settings.FETCH_AT_ONCE)
    threads = ThreadPoolExecutor(at_once, "fetch")
    running: dict[Future[Picture | FetchError], Wanted] = {}
    waiting = iter(wanted)
    try:
        while True:
            for each in islice(waiting, at_once * WAITING - len(running)):
                running[threads.submit(_downloaded, downloader, each)] = each
            if not running:
                return
            done, _ = wait(running, timeout=BEAT, return_when=FIRST_COMPLETED)
            reporter.progress()
            for future in done:
                yield running.pop(future), future.result()
    finally:
        downloader.stop()
        threads.shutdown(wait=False, cancel_futures=True)


def _downloaded(downloader: Downloader, wanted: Wanted) -> Picture | FetchError:
    """The picture at an address, checked by its content, or why there is none."""
    if not wanted.address:
        return FetchError("no-address")
    try:
        return examine_picture(downloader.read(wanted.address))
    except FetchError as error:
        return error
    except PictureError as error:
        return FetchError("not-a-picture", str(error))


def _attach(reporter: Reporter, row: PictureFetch, arrived: Arrived, report: FetchReport) -> Arrived:
    """Give images the pictures that arrived, and their boxes the place in them, in one short transaction."""
    with reporter.safe_point():
        still = row.dataset.images.filter(external_id__in=arrived.pictures, file="")
        classes = list(row.dataset.classes.values_list("name", flat=True))
        names = ClassNames({name: name for name in classes}, classes)
        arrivals = [
            arrival_of(record_of(image), picture=arrived.pictures[image.external_id], size=None, names=names)
            for image in still.prefetch_related("boxes__box_class")
        ]
        others = [each for each in arrivals if each.lost_all_boxes]
        for each in others:
            report.fail(each.record.row, each.record.external_id, _misfit(each))
        Merge(row.dataset, arrived.files).store([each for each in arrivals if not each.lost_all_boxes], Changes())
        report.fetched += len(arrived.pictures) - len(others)
        row.report = report.as_json()
        row.save(update_fields=["report"])
    return Arrived(row.dataset)


def _misfit(arrival: Arrival) -> FetchError:
    """Why an image keeps waiting: with the picture that came it would be one without boxes, which it is not."""
    width, height = (arrival.picture.width, arrival.picture.height) if arrival.picture else (0, 0)
    return FetchError("does-not-fit", f"{width} x {height}")


def record_of(image: Image) -> LabelRecord:
    """What the record of a pending image said, as its import kept it."""
    source = image.source_row
    return LabelRecord(
        row=image.pk,
        id=text_of(source.get("ID")),
        external_id=image.external_id,
        objects=tuple(_object(box) for box in image.boxes.all()),
        seconds=image.seconds_to_label,
        labelled_at=moment_of(source.get("Updated At"), source.get("Created At")),
        size=size_of({"width": source.get("Width"), "height": source.get("Height")}),
        source=source,
    )


def _object(box: Box) -> LabelObject:
    return LabelObject(box.box_class.name, box.box_class.name, box.xyxy)
