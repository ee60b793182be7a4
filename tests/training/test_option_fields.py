"""The finer settings as fields of a form."""

import pytest
from django.core.exceptions import ValidationError

from training.option_fields import (
    OPTIONS,
    SpanField,
    chosen_values,
    every_path,
    option_values,
    options_of,
    values_of,
)

OF_THE_RUN = {"network", "net_size", "epochs", "batch", "seed", "minutes"}


def test_every_setting_of_a_training_has_a_field_with_a_sentence():
    assert {option.path for option in OPTIONS} == every_path() - OF_THE_RUN
    assert all(str(option.help).endswith(".") for option in OPTIONS)


def test_every_field_shows_its_default_and_takes_it():
    for option in OPTIONS:
        field = option.field()
        assert field.clean(field.prepare_value(field.initial) if isinstance(field, SpanField) else field.initial) == (
            option.default
        )
        tells_itself = option.default == [] or isinstance(option.default, bool)
        assert tells_itself or "Default: " in str(field.help_text)


def test_only_what_differs_from_the_defaults_is_kept():
    values = {"canvas": 256, "multi_scale": 0.25, "augment__mosaic": 0.4, "augment__flip": 0.5, "scenes": [0.5, 1.4]}
    kept = {"multi_scale": 0.25, "augment": {"mosaic": 0.4}, "scenes": [0.5, 1.4]}
    assert options_of({**values, "loss__box": None, "fine_tune_scenes": [], "freeze_known": False}) == kept
    assert options_of({"freeze_known": True}) == {"freeze_known": True}
    assert values_of({**kept, "minutes": 9}) == {"multi_scale": 0.25, "augment__mosaic": 0.4, "scenes": [0.5, 1.4]}


def test_settings_are_named_for_people_once_each():
    assert len(option_values({})) == len(OPTIONS)
    chosen = {"canvas": 64, "fine_tune_canvas": 320, "loss": {"box": 4}, "scenes": [0.5, 1.4], "fine_tune_scenes": []}
    assert chosen_values({**chosen, "minutes": 5}) == {"Canvas": "64", "Loss: Box": "4", "Scenes": "0.5 to 1.4"}
    assert option_values({})["Last phase: Scenes"] == "from the net size"
    assert option_values({})["Only what is new learns"] == "no"
    assert chosen_values({"freeze_known": True}) == {"Only what is new learns": "yes"}


@pytest.mark.parametrize("typed", ["0.5 to 1.4", "0.5 - 1.4", ".5 1.40"])
def test_two_numbers_are_read_however_they_are_parted(typed):
    assert SpanField().clean(typed) == [0.5, 1.4]


@pytest.mark.parametrize(
    "typed", ["-0.5 to 1", "a0.5b1", "0.5 to -1", "0.5", "0.5 to 1 to 2", "1.4 to 0.5", "0 to 1", "x"]
)
def test_what_is_not_just_two_numbers_above_0_is_refused(typed):
    with pytest.raises(ValidationError, match="Give two numbers above 0"):
        SpanField().clean(typed)


def test_scenes_and_multi_scale_have_upper_bounds_and_sizes_of_faces_in_pixels_none():
    fields = {option.path: option.field() for option in OPTIONS}
    for path, typed in (("scenes", "0.5 to 8.5"), ("fine_tune_scenes", "9 to 9"), ("multi_scale", 0.6)):
        with pytest.raises(ValidationError):
            fields[path].clean(typed)
    assert fields["scenes"].clean("0.5 to 8") == [0.5, 8]
    assert fields["augment.crop_faces"].clean("14 to 280") == [14, 280]


def test_two_numbers_are_shown_as_they_were_typed():
    assert SpanField().prepare_value([14, 130.5]) == "14 to 130.5"
    assert SpanField(required=False).clean("") == []
