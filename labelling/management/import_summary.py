"""What a person at a terminal reads of an import: its figures, and each reason once with the rows it concerns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

ROWS_SHOWN: Final = 10
FILES_SHOWN: Final = 10


def summary(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines of an import's report. A reason whose sentences differ from row to row shows the first of them."""
    images, pending, skipped = report["images"], report["pending"], report["skipped"]
    yield f"{report['rows']} records: {images} images, {pending} whose picture is missing, {len(skipped)} left out"
    yield f"{report['boxes']} boxes; {report['negative']} of the images are without boxes"
    if report["classes"]:
        yield "classes: " + ", ".join(f"{name} {count}" for name, count in report["classes"].items())
    yield from _files(report.get("files") or {})
    yield from _reasons("left out", skipped)
    yield from _reasons("objects that became no box", report["objects_skipped"])
    fetch = report.get("fetch")
    if fetch is not None:
        yield f"pictures read from their addresses: {fetch['fetched']} of {fetch['wanted']}"
        yield from (f"  {count} × {reason}" for reason, count in fetch["failed"].items())
    elif pending:
        yield "Pictures are missing: name their folder or zip with --images, or have them read from their addresses"
        yield "with --fetch. Until then their images wait in the dataset."


def _files(files: Mapping[str, Any]) -> Iterator[str]:
    """Which of the files in --images belong to no record."""
    unknown = files.get("without_record", 0)
    if unknown:
        more = ", …" if unknown > FILES_SHOWN else ""
        yield f"{unknown} of {files['sent']} files belong to no record: {', '.join(files['first'][:FILES_SHOWN])}{more}"


def _reasons(title: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    by_reason: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        by_reason.setdefault(entry["reason"], []).append(entry)
    if by_reason:
        yield f"{title}:"
    for reason, found in sorted(by_reason.items(), key=lambda each: -len(each[1])):
        rows = list(dict.fromkeys(entry["row"] for entry in found))
        more = ", …" if len(rows) > ROWS_SHOWN else ""
        yield f"  {len(found)} × {reason}, in the rows {', '.join(map(str, rows[:ROWS_SHOWN]))}{more}"
        yield f"    {found[0]['message']}"
