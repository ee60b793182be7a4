"""What may stand in a cell of a CSV file."""

from typing import Any


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula, as plain text; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
