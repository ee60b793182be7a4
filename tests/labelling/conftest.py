"""A dataset with a bit of everything."""

import pytest

from labelling.models import Dataset
from tests.labelling.makers import bbox, import_here, jpeg, record

RECORDS = [
    record("a.jpg", [bbox("With mask", 2, 3, 10, 12), bbox("deer", 20, 5, 5, 5)], **{"Created By": "ann@example.com"}),
    record("b.jpg"),
    record("c.jpg", [bbox("no mask", 2, 3, 10, 12)]),
    record("d.jpg", Skipped=True),
]


@pytest.fixture
def masks(db) -> Dataset:
    """One picture with two boxes, one without any, one pending, one record skipped."""
    return import_here(RECORDS, {"a.jpg": jpeg(seed=1), "b.jpg": jpeg(seed=2)}).dataset
