"""Well-known text, as far as Labelbox wrote it: polygons in, their points out.

OGC 06-103r4 (Simple Feature Access), section 7. A third coordinate is dropped; holes lie inside
their polygon and only add points.
"""

import re
from typing import Final

HEAD: Final = re.compile(r"\s*([A-Za-z]+)\s*(?:ZM|Z|M)?\s*(EMPTY\s*$|(?=\())", re.IGNORECASE)
PART: Final = re.compile(r"[(),]|[^(),]+")
POLYGON_DEPTH: Final = {"POLYGON": 1, "MULTIPOLYGON": 2}
WITHOUT_AREA: Final = ("POINT", "LINESTRING", "MULTIPOINT", "MULTILINESTRING")

Points = list[tuple[float, float]]


class WktError(ValueError):
    """The text is no geometry; the message is the end of a sentence for people."""


def is_wkt(text: str) -> bool:
    """Whether the text begins like a geometry, well-formed or not."""
    return bool(re.match(r"\s*(MULTI)?(POLYGON|POINT|LINESTRING)\b\s*(Z|M|ZM)?\s*(\(|EMPTY)", text, re.IGNORECASE))


def wkt_polygons(text: str) -> list[Points] | None:
    """The points of each polygon, [] for an empty geometry, None for one of lines or points."""
    head = HEAD.match(text)
    kind = head[1].upper() if head else ""
    if kind in WITHOUT_AREA:
        return None
    if head is None or kind not in POLYGON_DEPTH:
        raise WktError("its geometry is no POLYGON or MULTIPOLYGON")
    return [] if head[2] else _polygons(text[head.end() :], POLYGON_DEPTH[kind])


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
                raise WktError("the brackets of its geometry do not fit together")
            polygons[-1].append(_point(part))
        if depth < 0 or depth > polygon_depth + 1:
            raise WktError("the brackets of its geometry do not fit together")
    if depth or not all(polygons):
        raise WktError("its geometry is cut off")
    return polygons


def _point(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split()[:2])
    except ValueError as error:
        raise WktError("its geometry holds something that is no point") from error
    return x, y
