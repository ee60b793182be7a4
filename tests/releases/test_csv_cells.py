"""Cells that a spreadsheet must not run."""

import pytest

from releases.csv_cells import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_become_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=1.jpg", "", -1, 0.5, None])
def test_anything_else_stays(value):
    assert harmless(value) == value
