"""The label of 2020 to 2023, where it differs from what `test_parsing` shows."""

import pytest

from labelling.labelbox.objects_form import is_objects_form, read_objects_form
from labelling.labelbox.records import RecordError
from tests.labelling.labelbox.makers import SQUARE
from tests.labelling.makers import bbox


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ({"objects": [], "classifications": [{"title": "Blurred"}]}, "only-a-classification"),
        ({"objects": [{"title": "a", "geometry": {"coordinates": [[19.3, -99.2]]}}]}, "tiled-map"),
        ({"objects": [{"title": "a", "data": {"location": {"start": 3, "end": 9}}}]}, "unknown-media"),
        ({"objects": [{"title": "a", "format": "text.location"}]}, "unknown-media"),
    ],
)
def test_a_label_that_brings_nothing_has_a_reason(label, reason):
    with pytest.raises(RecordError) as raised:
        read_objects_form(label)
    assert raised.value.reason == reason


def test_classifications_beside_objects_do_no_harm():
    nested = [{"title": "a", "answer": {"title": "b"}}, [{"title": "c", "answer": "text"}]]
    label = {"objects": [bbox("Car", 0, 0, 1, 1, classifications=nested)], "classifications": nested}
    assert len(read_objects_form(label).objects) == 1


def test_a_class_called_objects_is_a_class():
    assert not is_objects_form({"objects": [{"geometry": SQUARE}]})
    assert not is_objects_form({"objects": [], "Car": []})
    assert is_objects_form({"objects": [bbox("Car", 0, 0, 1, 1)], "classifications": [], "relationships": []})
