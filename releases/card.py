"""The model card of a release: what it is, learnt from, yields and is good for.

Everything in it is read from release.json and from what lies sealed beside it, so that page, file and release cannot
disagree. After M. Mitchell et al.,
'Model Cards for Model Reporting', FAT* 2019 (https://arxiv.org/abs/1810.03993).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.models import ARITHMETIC, COMPLIANCE_CLASSES
from releases.numbers import sides_of, trusts_of
from yolo.release import Release

FEW_BOXES: Final = 30
"""Below so many boxes, one of them moves an average precision by more than three points."""
WIDE_PICTURE: Final = 1920  # pixels, the usual long side of a camera's picture
SPLITS: Final = ("test", "validation")


@dataclass(frozen=True)
class Table:
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    title: str
    sections: tuple[Section, ...]


def card_of(
    release: Release,
    *,
    name: str,
    sha256: str,
    int8: Mapping[str, Any] | None = None,
    calibration: Mapping[str, Any] | None = None,
) -> Card:
    """The card of a release that is registered as `name`; `sha256` is that of its release.json.

    `int8` and `calibration` are what lies sealed beside it, where something does.
    """
    sections = (
        _subject(release, name, sha256),
        _data(release.provenance),
        _figures(release),
        _numbers(int8 or {}),
        _scores(calibration or {}),
        Section(_("Fit for"), points=tuple(_fit(release))),
        Section(_("Not fit for"), points=tuple(_unfit(release))),
        Section(_("Limits"), points=tuple(_limits(release))),
        _making(release.provenance),
    )
    return Card(_("Model card: %(name)s") % {"name": name}, tuple(filter(_says_something, sections)))


def as_markdown(card: Card) -> str:
    """The card as a file in GitHub's Markdown."""
    return "\n".join([f"# {_plain(card.title)}", *(line for section in card.sections for line in _lines(section)), ""])


def _lines(section: Section) -> Iterator[str]:
    yield from ("", f"## {section.title}", "")
    yield from (f"- **{label}:** {_plain(value)}" for label, value in section.facts)
    yield from (f"- {_plain(point)}" for point in section.points)
    for number, table in enumerate(section.tables):
        if number or section.facts or section.points:
            yield ""
        yield from (_plain(table.caption), "", _row(table.heads), _row(["---"] * len(table.heads)))
        yield from map(_row, table.rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_plain(cell).replace("|", "\\|") for cell in cells) + " |"


def _plain(text: str) -> str:
    """On one line, and with no markup of its own: names and descriptions were typed by people."""
    for mark in "\\`*_<>[]":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _says_something(section: Section) -> bool:
    return bool(section.facts or section.tables or section.points)


def _subject(release: Release, name: str, sha256: str) -> Section:
    made = release.provenance
    facts = [
        (_("Release"), name if name == release.name else _("%(name)s, made as %(first)s") % _both(name, release)),
        (_("Network"), _("%(network)s, pictures at %(pixels)d pixels") % _network(release)),
        (_("Classes"), ", ".join(release.classes)),
        (_("Made"), str(made.get("created") or _("unknown"))),
        (_("SHA-256 of release.json"), sha256),
    ]
    thresholds = tuple((label, _number(release.thresholds[label])) for label in release.classes)
    caption = _("A box counts from this score on; of two that overlap by more than %(iou)s, the weaker one goes.")
    if release.voting_iou is not None:
        caption += " " + _("From an overlap of %(votes)s on it has a say in where the other one lies.")
    overlaps = {"iou": _number(release.iou_threshold), "votes": _number(release.voting_iou)}
    table = Table(caption % overlaps, (_("Class"), _("Score")), thresholds)
    return Section(_("What it is"), tuple(facts), (table,))


def _both(name: str, release: Release) -> dict[str, str]:
    return {"name": name, "first": release.name}


def _network(release: Release) -> dict[str, Any]:
    return {"network": release.network, "pixels": release.net_size}


def _data(made: Mapping[str, Any]) -> Section:
    """The dataset versions with their hashes, and what their descriptions say: licences are kept there."""
    used = ((_("Trained, validated and tested on"), made.get("dataset")), (_("Pasted in"), made.get("single_faces")))
    facts: list[tuple[str, str]] = []
    for role, data in used:
        if not data:
            continue
        named = (
            _("%(name)s, version %(version)s")
            if "version" in data
            else _("%(name)s, a folder of %(pictures)s pictures")
        )
        facts.append((role, named % data))
        facts.append((_("SHA-256 of this version"), str(data.get("content_sha256") or _("unknown"))))
        described = data.get("description") or _("The data set has no description: nothing is on record.")
        facts.append((_("Origin and licence"), described))
    if not facts:
        facts.append((_("Data"), _("What it was trained on is not on record.")))
    return Section(_("Data"), tuple(facts))


def _figures(release: Release) -> Section:
    tables: list[Table] = []
    for split, measured in _measured(release):
        words = {"split": split, "pictures": measured.get("pictures", 0)}
        title = _("By class, on %(pictures)s pictures of the %(split)s split") % words
        heads = (_("Class"), "AP@.5", "AP@.5:.95", _("Boxes"))
        means = ("map50", "map50_95")
        mean = (_("mean over %(names)s") % {"names": ", ".join(measured.get("judged", [])) or _("all")},)
        total = (*mean, *(_number(measured.get(key)) for key in means), "")
        tables.append(Table(title, heads, (*_class_rows(release.classes, measured), total)))
        tables += _size_tables(release.classes, measured, split)
    if tables:
        computed_in = ARITHMETIC.get(release.provenance.get("arithmetic", ""))
        facts = ((_("Computed in"), computed_in),) if computed_in else ()
        return Section(_("Figures"), facts, tuple(tables))
    return Section(_("Figures"), points=(_("Nobody has measured it on pictures kept back."),))


def _numbers(int8: Mapping[str, Any]) -> Section:
    """What int8 costs and gains."""
    if not int8:
        return Section(_("Float and int8"))
    speed = int8["speed"]
    told = {"pictures": int8["validation"]["pictures"], "processor": speed.get("processor", "?")}
    caption = _("mAP on %(pictures)s validation pictures; milliseconds of the network alone on “%(processor)s”")
    heads = (_("Computed in"), "mAP@.5", "mAP@.5:.95", _("Milliseconds"), _("Times as fast"))
    rows = tuple(
        (side.name, *map(_number, (side.map50, side.map50_95)), *map(_tenths, (side.milliseconds, side.times)))
        for side in sides_of(int8)
    )
    ranges = _("%(pictures)s training pictures") % int8["calibrated_on"]
    facts = (
        (
            _("Int8 against float32"),
            _("%(points)+.2f points of mAP@.5") % {"points": round(-100 * int8["loss"], 2) + 0.0},
        ),
        (_("Ranges from"), ranges),
        (_("Made"), str(int8["made"])),
        (_("SHA-256 that seals it"), str(int8["seal"])),
    )
    return Section(_("Float and int8"), facts, (Table(caption % told, heads, rows),))


def _scores(calibration: Mapping[str, Any]) -> Section:
    """What scores mean."""
    if not calibration:
        return Section(_("What its scores mean"))
    facts = (
        (_("Temperature"), _number(calibration["temperature"])),
        (_("Fitted on"), _("%(pictures)s validation pictures") % calibration["validation"]),
        (_("Made"), str(calibration["made"])),
        (_("SHA-256 that seals it"), str(calibration["seal"])),
    )
    caption = _("Mean distance between score and share that is right (expected calibration error)")
    heads = (_("Pictures"), _("As scored"), _("Calibrated"))
    rows = tuple(
        (f"{trust.part} ({trust.pictures})", *map(_number, (trust.before, trust.after)))
        for trust in trusts_of(calibration)
    )
    return Section(_("What its scores mean"), facts, (Table(caption, heads, rows),))


def _measured(release: Release) -> list[tuple[str, dict[str, Any]]]:
    return [(split, release.metrics[split]) for split in SPLITS if release.metrics.get(split)]


def _class_rows(classes: Sequence[str], measured: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name in classes:
        values = (measured.get(key, {}).get(name) for key in ("ap50", "ap50_95"))
        yield (name, *map(_number, values), str(measured.get("boxes", {}).get(name, 0)))


def _size_tables(classes: Sequence[str], measured: Mapping[str, Any], split: str) -> Iterator[Table]:
    """By COCO's three sizes, and where it was told by class and side of the box."""
    sizes = [(_("small, below 32 × 32 pixels"), "small"), (_("medium"), "medium")]
    sizes.append((_("large, above 96 × 96 pixels"), "large"))
    rows = [(words, _number(measured.get(f"map50_95_{size}"))) for words, size in sizes]
    title = _("By size of the box, over all classes, on the %(split)s split") % {"split": split}
    yield Table(title, (_("Size"), "mAP@.5:.95"), tuple(rows))
    by_side = measured.get("ap50_by_side")
    if by_side:
        title = _("AP@.5 by side of the box in pixels, with the number of boxes, on the %(split)s split")
        heads = (_("Class"), *(_span(row) for row in next(iter(by_side.values()))))
        told = [(name, *map(_share_of, by_side[name])) for name in classes if name in by_side]
        yield Table(title % {"split": split}, heads, tuple(told))


def _span(row: Mapping[str, Any]) -> str:
    return f"{row['from']:g}–{row['to']:g}" if row["to"] is not None else _("above %(side)g") % {"side": row["from"]}


def _share_of(row: Mapping[str, Any]) -> str:
    return f"{_number(row['ap50'])} ({row['boxes']})"


def _fit(release: Release) -> Iterator[str]:
    if _lacks(release):
        yield _("Proposing boxes of its classes, which people check.")
        return
    yield _("Telling which share of the faces that pass a camera wears a mask: over many faces, with its uncertainty.")
    yield _("Proposing boxes to people who label pictures, and accept, correct or throw away each.")


def _unfit(release: Release) -> Iterator[str]:
    if _lacks(release):
        names = ", ".join(_lacks(release))
        yield _("Compliance rates: it does not know %(names)s.") % {"names": names}
    yield _("Telling who somebody is: it finds faces and recognises none.")
    yield _("Deciding about a single person, such as admission or discipline: single verdicts are often wrong.")
    yield _("Saying whether a mask protects: it sees that there is one, not of what kind or how tight.")


def _lacks(release: Release) -> list[str]:
    return [name for name in COMPLIANCE_CLASSES if name not in release.classes]


def _limits(release: Release) -> Iterator[str]:
    measured = _measured(release)
    if measured:
        split, figures = measured[0]
        if split != "test":
            yield _("The figures are of the validation split, which chose weights and thresholds: they flatter.")
        yield from _rare(release.classes, figures)
        yield from _small(figures)
        yield _("It was measured on pictures like those it learnt from: try it on clips of your own cameras first.")
    cell, wide = min(release.strides), WIDE_PICTURE
    words = {"cell": cell, "size": release.net_size, "wide": wide, "side": cell * wide / release.net_size}
    cells = _("Its finest cells are %(cell)d pixels at its net size of %(size)d,")
    faces = _("%(side).0f pixels of a picture %(wide)d wide: smaller faces are mostly missed.")
    yield f"{cells % words} {faces % words}"
    width, height = max(release.anchors, key=max)
    words = {"width": width, "height": height, "share": 100 * max(width, height) / release.net_size}
    near = _("Its largest anchor is %(width).0f by %(height).0f pixels, %(share).0f %% of the net size:")
    yield f"{near % words} {_('faces that fill much more of a picture than that may be missed.')}"


def _rare(classes: Sequence[str], figures: Mapping[str, Any]) -> Iterator[str]:
    for name in classes:
        boxes = figures.get("boxes", {}).get(name, 0)
        if boxes < FEW_BOXES:
            sentence = ngettext(
                "Only %(boxes)d box of “%(name)s” was there to measure on: its figure says little.",
                "Only %(boxes)d boxes of “%(name)s” were there to measure on: its figure says little.",
                boxes,
            )
            yield sentence % {"boxes": boxes, "name": name}


def _small(figures: Mapping[str, Any]) -> Iterator[str]:
    small, medium = figures.get("map50_95_small"), figures.get("map50_95_medium")
    if small is not None and medium is not None and small < medium:
        words = {"small": _number(small), "medium": _number(medium)}
        yield _("Small faces are found less well: mAP@.5:.95 of %(small)s against %(medium)s of medium ones.") % words


def _making(made: Mapping[str, Any]) -> Section:
    start, weights = made.get("start_release") or {}, made.get("start_weights") or {}
    values = (
        (_("Run"), made.get("run")),
        (_("Version of the code"), made.get("code")),
        (_("Started from"), start.get("name") or weights.get("source")),
        (_("Weights of"), (made.get("voting") or {}).get("weights_of", {}).get("name")),
        (_("Mean of the weights of"), _averaged(made)),
        (_("Epochs"), made.get("epochs")),
        (_("Epoch of the weights"), made.get("best_epoch")),
        (_("Batch"), made.get("batch")),
        (_("Seed"), made.get("seed")),
        (_("Further options"), ", ".join(f"{name}={value}" for name, value in made.get("options", {}).items())),
        (_("Packages"), ", ".join(f"{name} {version}" for name, version in made.get("packages", {}).items())),
    )
    return Section(
        _("How it was made"), tuple((label, str(value)) for label, value in values if value not in (None, ""))
    )


def _averaged(made: Mapping[str, Any]) -> str:
    names = ", ".join(each["name"] for each in (made.get("average") or {}).get("weights_of", ()))
    return names and _("%(names)s; all else here is told of the first") % {"names": names}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _tenths(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
