"""Well-known text, as far as Labelbox and what wrote its files wrote it: polygons in, their points out.

OGC 06-103r4 (Simple Feature Access), section 7, with the `SRID=…;` that PostGIS puts before it. Further
coordinates than two are dropped; holes lie inside their polygon and only add points.
"""

import re
from collections.abc import Iterator
from typing import Final

SRID: Final = r"\s*+(?:SRID\s*+=\s*+-?\d++\s*+;\s*+)?"
HEAD: Final = re.compile(SRID + r"([A-Z]+?)\s*+(?:ZM|Z|M)?\s*+(EMPTY\s*+$|(?=\())", re.IGNORECASE)
START: Final = re.compile(
    SRID + r"(?:GEOMETRYCOLLECTION|(?:MULTI)?(?:POLYGON|POINT|LINESTRING))\s*+(?:ZM|Z|M)?\s*+(?:\(|EMPTY\b)",
    re.IGNORECASE,
)
PART: Final = re.compile(r"[(),]|[^(),]+")
POLYGON_DEPTH: Final = {"POLYGON": 1, "MULTIPOLYGON": 2}
WITHOUT_AREA: Final = ("POINT", "LINESTRING", "MULTIPOINT", "MULTILINESTRING")
COLLECTION: Final = "GEOMETRYCOLLECTION"
UNFIT: Final = "the brackets of its geometry do not fit together"

Points = list[tuple[float, float]]


class WktError(ValueError):
    """The text is no geometry; the message is the end of a sentence for people."""


def is_wkt(text: str) -> bool:
    """Whether the text begins like a geometry, well-formed or not."""
    return START.match(text) is not None


def wkt_members(text: str) -> Iterator[str]:
    """The geometries that a collection holds, each by itself; of any other text only that."""
    head = HEAD.match(text)
    if head is None or head[1].upper() != COLLECTION or head[2]:
        yield text
        return
    depth, start = 0, head.end() + 1
    for bracket in re.finditer(r"[(),]", text[head.end() :]):
        at = head.end() + bracket.start()
        depth += {"(": 1, ")": -1}.get(bracket[0], 0)
        if (depth == 1 and bracket[0] == ",") or (depth == 0 and bracket[0] == ")"):
            yield text[start:at]
            start = at + 1
    if text[start:].strip():  # behind the last bracket, or never closed
        yield text[start:]


def wkt_polygons(text: str) -> list[Points] | None:
    """The points of each polygon, [] for an empty geometry, None for one of lines or points."""
    head = HEAD.match(text)
    kind = head[1].upper() if head else ""
    if kind in WITHOUT_AREA:
        return None
    if head is None or kind not in (*POLYGON_DEPTH, COLLECTION):
        raise WktError("its geometry is no POLYGON or MULTIPOLYGON")
    if head[2]:
        return []
    if kind == COLLECTION:
        raise WktError("its geometry is a collection within a collection")
    return _polygons(text[head.end() :], POLYGON_DEPTH[kind])


def _polygons(body: str, polygon_depth: int) -> list[Points]:
    """The points inside each pair of brackets at the depth of a polygon."""
    polygons: list[Points] = []
    depth = 0
    for part in PART.findall(body):
        if part == "(":
            depth += 1
            if depth == polygon_depth:
                polygons.append([])
        elif part == ")":
            depth -= 1
        elif part != "," and part.strip():
            if depth != polygon_depth + 1:
                raise WktError(UNFIT)
            polygons[-1].append(_point(part))
        if depth < 0 or depth > polygon_depth + 1:
            raise WktError(UNFIT)
    if depth or not all(polygons):
        raise WktError("its geometry is cut off")
    return polygons


def _point(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split()[:2])
    except ValueError as error:
        raise WktError("its geometry holds something that is no point") from error
    return x, y
