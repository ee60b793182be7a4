import pytest

from yolo.config import AugmentConfig, LossConfig
from yolo.train_options import option, train_config


def test_parts_of_a_recipe_are_given_by_their_own_fields():
    config = train_config({"epochs": 3, "augment": {"mosaic": 0.4}, "loss": {"box": 2.0}})
    assert config.epochs == 3
    assert config.augment == AugmentConfig(mosaic=0.4)
    assert config.loss == LossConfig(box=2.0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"epoch": 3}, "no option epoch; there are: augment, batch,"),
        ({"loss": {"boxes": 1}}, "no option boxes; there are: box, classes, match_ratio, objectness"),
        ({"augment": 0.4}, 'augment takes fields of its own, such as {"mosaic": 0.7}'),
        ({"batch": "eight"}, "A value has the wrong form"),
        ({"scenes": 1.5}, "A value has the wrong form"),
        ({"epochs": 0}, "epochs is at least 1"),
    ],
)
def test_recipes_that_make_no_sense_are_refused_with_a_sentence(values, said):
    with pytest.raises(ValueError, match=said):
        train_config(values)


def test_an_option_is_a_field_and_a_json_value():
    assert option("canvas=416") == ("canvas", 416)
    assert option('augment={"crop_faces": [14, 280]}') == ("augment", {"crop_faces": [14, 280]})


@pytest.mark.parametrize(("text", "said"), [("canvas", "not of the form FIELD=VALUE"), ("canvas=big", "is not JSON")])
def test_options_of_another_form_are_refused(text, said):
    with pytest.raises(ValueError, match=said):
        option(text)
