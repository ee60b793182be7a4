"""Tables of trainings as comma-separated values."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from releases.csv_cells import harmless


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Names that a spreadsheet would run as formulas come as plain text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return out.getvalue()
