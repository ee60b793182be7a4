"""What pages, programs and files say of what an import skipped: counted by reason, paged, and as CSV.

The report of an import holds the counts and the first of each reason; the rows of ImportSkip hold all.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Any, Final

from django.core.handlers.asgi import ASGIRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import Promise, cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from labelling.models import ImportSkip, LabelImport
from releases.csv_cells import harmless
from releases.zip_stream import asynchronously

HEADS: Final = ("skipped", "row", "id", "reason", "message")
SHOWN: Final = 24  # of each reason, on the page of a report
LABELS: Final[Mapping[str, Promise]] = {
    "malformed": _("cannot be understood"),
    "skipped-in-labelbox": _("skipped in Labelbox"),
    "no-label": _("without a label"),
    "only-a-classification": _("only classify the whole picture"),
    "video": _("of a video"),
    "tiled-map": _("of a tiled map"),
    "unknown-media": _("not of a picture"),
    "unknown-form": _("in a form that is not known here"),
    "no-identity": _("do not name their picture"),
    "no-usable-object": _("nothing labelled became a box"),
    "older-label": _("of an older label"),
    "ambiguous-picture": _("more than one picture fits"),
    "image-not-readable": _("the picture cannot be used"),
    "duplicate-picture": _("label a picture again"),
    "size-unknown": _("the picture's size is not known"),
    "malformed-object": _("cannot be understood"),
    "line-or-point": _("lines or points"),
    "mask-picture-only": _("only masks"),
    "crowd-region": _("crowds"),
    "degenerate-box": _("boxes without an area"),
    "outside-picture": _("outside their picture"),
}
CHUNK: Final = 2_000  # rows that are read from the database at once


@dataclass(frozen=True)
class SkipGroup:
    """What was skipped for one reason: how often, and the first."""

    reason: str
    count: int
    first: list[dict[str, Any]]

    @property
    def label(self) -> str:
        """The reason in a few words."""
        return str(LABELS.get(self.reason, self.reason))

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def skip_groups(row: LabelImport, *, of_object: bool) -> list[SkipGroup]:
    """The records, or the objects, that an import skipped, the most frequent reason first. Asks no query."""
    name = "objects_skipped" if of_object else "skipped"
    entries = row.report.get(name, [])
    return [
        SkipGroup(reason, count, [each for each in entries if each["reason"] == reason][:SHOWN])
        for reason, count in row.report.get("reasons", {}).get(name, {}).items()
    ]


@dataclass(frozen=True)
class FilesTold:
    """Of the files that came as pictures: how many, how many of them belong to no record, and the first of those."""

    sent: int
    without_record: int
    first: list[str]

    @property
    def more(self) -> int:
        return self.without_record - len(self.first)


def files_told(row: LabelImport) -> FilesTold | None:
    """What to tell of the files that came with an import; None where all belong to records, or none came."""
    files = row.report.get("files")
    told = FilesTold(**files) if files else None
    return told if told and (told.without_record or not told.sent) else None


def skips_of(row: LabelImport, *, of_object: bool, reason: str = "") -> QuerySet[ImportSkip]:
    """All records, or all objects, that an import skipped, of one reason or of all, in the order of the export."""
    found = row.skips.filter(of_object=of_object)
    return found.filter(reason=reason) if reason else found


def full_report(row: LabelImport) -> dict[str, Any]:
    """The report as a look at the export gives it, with everything that was skipped."""
    entries: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for each in row.skips.all().iterator(chunk_size=CHUNK):
        named = {} if each.of_object else {"id": each.record_id}
        entries[each.of_object].append({"row": each.row, **named, "reason": each.reason, "message": each.message})
    report = {**row.report, "skipped": entries[False], "objects_skipped": entries[True]}
    return {name: value for name, value in report.items() if name not in ("changes", "reasons")}


class SkipPages(Paginator[ImportSkip]):
    """Pages of what was skipped; how much that is stands in the report, so that nobody has to count."""

    def __init__(self, row: LabelImport, per_page: int, *, of_object: bool, reason: str = "") -> None:
        super().__init__(skips_of(row, of_object=of_object, reason=reason), per_page)
        groups = skip_groups(row, of_object=of_object)
        self._count = sum(group.count for group in groups if reason in ("", group.reason))

    @cached_property
    def count(self) -> int:
        return self._count


def skips_answer(request: HttpRequest, row: LabelImport) -> StreamingHttpResponse:
    """Everything that an import skipped as a CSV file, sent while it is read."""
    parts = skips_csv(row)
    body = asynchronously(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"{PurePath(row.export_name).stem}-skipped.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def skips_csv(row: LabelImport) -> Iterator[bytes]:
    """Everything that an import skipped as parts of a CSV file, nothing in it a formula."""
    yield _lines([HEADS])
    found = row.skips.all().iterator(chunk_size=CHUNK)
    while rows := list(islice(found, CHUNK)):
        yield _lines([_cells(each) for each in rows])


def _cells(skip: ImportSkip) -> list[Any]:
    what = "object" if skip.of_object else "record"
    return [what, skip.row, *map(harmless, (skip.record_id, skip.reason, skip.message))]


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
