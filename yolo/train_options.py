"""Recipes from what people type or store: plain values become a `TrainConfig`."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from yolo.config import AugmentConfig, LossConfig, TrainConfig

PARTS = {"augment": AugmentConfig, "loss": LossConfig}
Form = TypeVar("Form", TrainConfig, AugmentConfig, LossConfig)


def train_config(values: Mapping[str, Any]) -> TrainConfig:
    """The recipe of these fields; `augment` and `loss` are mappings of their own fields.

    Raises ValueError with a sentence where no such field exists or a value makes no sense.
    """
    made = dict(values)
    for name, part in PARTS.items():
        if name in made:
            if not isinstance(made[name], Mapping):
                raise ValueError(f"{name} takes fields of its own, such as {{{_example(part)}}}.")
            made[name] = _checked(part, made[name])
    return _checked(TrainConfig, made)


def _checked(form: type[Form], values: Mapping[str, Any]) -> Form:
    known = {field.name for field in fields(form)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"There is no option {unknown[0]}; there are: {', '.join(sorted(known))}.")
    try:
        return form(**values)
    except TypeError as error:
        raise ValueError(f"A value has the wrong form: {error}.") from error


def _example(form: type[AugmentConfig] | type[LossConfig]) -> str:
    first = fields(form)[0]
    return f'"{first.name}": {first.default}'


def option(text: str) -> tuple[str, Any]:
    """Field and value of `FIELD=VALUE`, the value in JSON. Raises ValueError where it has another form."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ValueError(f"'{text}' is not of the form FIELD=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError as error:
        raise ValueError(f"The value of '{text}' is not JSON: a number, true, false, or [1, 2].") from error
