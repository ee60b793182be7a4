"""The finer settings of a training: each a form field with its default and a sentence of help."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yolo.config import MOST_MULTI_SCALE, MOST_SCENES, SIDE_STEP, TrainConfig
from yolo.train_options import PARTS

LARGEST_CANVAS: Final = 1280
_NUMBER = r"(\d*\.?\d+)"
_SPAN = re.compile(rf"\s*{_NUMBER}\s*(?:to|[-–,;\s])\s*{_NUMBER}\s*")


class SpanField(forms.CharField):
    """Two numbers, the smaller first, typed like '0.5 to 1.4'; empty gives an empty list. `most` bounds both."""

    def __init__(self, *, most: float | None = None, **words: Any) -> None:
        super().__init__(**words)
        self._most = most

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if not text:
            return []
        typed = _SPAN.fullmatch(text)
        found = [float(number) for number in typed.groups()] if typed else []
        if not found or not 0 < found[0] <= found[1]:
            raise ValidationError(_("Give two numbers above 0, the smaller first, such as: 0.5 to 1.4"))
        if self._most is not None and found[1] > self._most:
            raise ValidationError(_("At most %(most)g."), params={"most": self._most})
        return [int(number) if number.is_integer() else number for number in found]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else _between(value or ())


def _between(ends: Iterable[float]) -> str:
    return " to ".join(f"{end:g}" for end in ends)


def _whole(least: int, most: int, step: int | None = None) -> Callable[..., forms.Field]:
    def field(**words: Any) -> forms.Field:
        return forms.IntegerField(min_value=least, max_value=most, step_size=step, **words)

    return field


def _number(least: float, most: float) -> Callable[..., forms.Field]:
    def field(**words: Any) -> forms.Field:
        box = forms.NumberInput(attrs={"step": "any"})
        return forms.FloatField(min_value=least, max_value=most, widget=box, **words)

    return field


def _switch(**words: Any) -> forms.Field:
    return forms.BooleanField(**words)


def _scenes(**words: Any) -> forms.Field:
    return SpanField(most=MOST_SCENES, **words)


_SHARE = _number(0, 1)
_RATE = _number(0.000001, 1)
_CANVAS = _whole(SIDE_STEP, LARGEST_CANVAS, SIDE_STEP)


@dataclass(frozen=True)
class Option:
    """One setting of `yolo.config.TrainConfig`. `path`: its name there, such as "augment.mosaic"."""

    path: str
    label: str | Promise
    help: str | Promise
    make: Callable[..., forms.Field]

    @property
    def name(self) -> str:
        """What its form field is called."""
        return self.path.replace(".", "__")

    @property
    def default(self) -> Any:
        value: Any = TrainConfig()
        for part in self.path.split("."):
            value = getattr(value, part)
        return list(value) if isinstance(value, tuple) else value

    def field(self) -> forms.Field:
        """An empty one means the default, which the help names."""
        if isinstance(self.default, bool) or self.default == []:
            told: str | Promise = self.help
        else:
            told = format_lazy(_("{help} Default: {value}."), help=self.help, value=_said(self.default))
        return self.make(label=self.label, help_text=told, required=False, initial=self.default)


@dataclass(frozen=True)
class OptionGroup:
    """`prefix`: what their names begin with where they stand alone, since another group has such names too."""

    title: str | Promise
    sentence: str | Promise
    options: tuple[Option, ...]
    prefix: str | Promise = ""

    def names(self) -> dict[str, str]:
        """For each path what it is called where it stands alone."""
        begin = f"{self.prefix}: " if self.prefix else ""
        return {option.path: f"{begin}{option.label}" for option in self.options}


OPTION_GROUPS: Final = (
    OptionGroup(
        _("Canvases"),
        _("The network learns on small canvases that are cut and composed from the pictures."),
        (
            Option("canvas", _("Canvas"), _("Side in pixels; larger learns slower, by the square."), _CANVAS),
            Option(
                "canvases_per_picture",
                _("Canvases for each picture"),
                _("How many an epoch draws for each training picture."),
                _number(0.05, 50),
            ),
            Option(
                "scenes",
                _("Scenes"),
                _("Smallest and largest long side of a picture, as shares of the net size. Empty: worked out from it."),
                _scenes,
            ),
            Option(
                "multi_scale",
                _("Multi-scale"),
                _("Each batch has a canvas up to this share smaller or larger; 0 keeps one size."),
                _number(0, MOST_MULTI_SCALE),
            ),
            Option(
                "repeat_share",
                _("Repeat share"),
                _("Classes in less than this share of the pictures are shown more often; 0 repeats none."),
                _SHARE,
            ),
        ),
    ),
    OptionGroup(
        _("Pace of learning"),
        _("The rate rises over the warm-up, then falls in a cosine to the end."),
        (
            Option(
                "learning_rate",
                _("Learning rate"),
                _("Lower it when the loss diverges, or when starting from a model that is good already."),
                _RATE,
            ),
            Option("warm_up_steps", _("Warm-up"), _("Steps over which the rate rises."), _whole(0, 100_000)),
            Option("weight_decay", _("Weight decay"), _("How strongly weights are pulled towards 0."), _SHARE),
            Option(
                "ema",
                _("Averaging"),
                _("The model is a moving average of the weights; the nearer to 1, the longer it remembers."),
                _number(0, 0.99999),
            ),
            Option(
                "freeze_known",
                _("Only what is new learns"),
                _(
                    "Layers for which the start had weights stay as they are: for a network that has more than the "
                    "model it starts from, so that the rest does not suffer."
                ),
                _switch,
            ),
            Option(
                "validate_every",
                _("Validate every"),
                _("Epochs between two looks at the validation pictures; the last epoch always has one."),
                _whole(1, 1000),
            ),
        ),
    ),
    OptionGroup(
        _("Last phase (fine-tuning)"),
        _("The last epochs use a larger canvas, fewer mosaics and a low rate."),
        (
            Option("fine_tune_share", _("Share of the epochs"), _("0 leaves the phase out."), _SHARE),
            Option("fine_tune_canvas", _("Canvas"), _("Side in pixels in this phase."), _CANVAS),
            Option("fine_tune_learning_rate", _("Learning rate"), _("The rate in this phase."), _RATE),
            Option("fine_tune_mosaic", _("Mosaics"), _("Share of canvases made of four tiles in this phase."), _SHARE),
            Option("fine_tune_scenes", _("Scenes"), _("As above, for this phase. Empty: as before it."), _scenes),
        ),
        _("Last phase"),
    ),
    OptionGroup(
        _("How canvases are made"),
        _("What is changed at random, so that the network never sees the same canvas twice."),
        (
            Option("augment.mosaic", _("Mosaics"), _("Share of canvases made of four tiles."), _SHARE),
            Option(
                "augment.packed_tiles", _("Packed tiles"), _("Share of those tiles packed with single faces."), _SHARE
            ),
            Option(
                "augment.pasted_scenes",
                _("Pasted faces"),
                _("Share of scenes into which single faces are pasted."),
                _SHARE,
            ),
            Option(
                "augment.crop_faces",
                _("Size of single faces"),
                _("Smallest and largest, in pixels of the canvas."),
                SpanField,
            ),
            Option(
                "augment.near_faces",
                _("Near faces"),
                _("Share of canvases in which one single face fills a third of the side or more: for doors and desks."),
                _SHARE,
            ),
            Option("augment.flip", _("Mirrored"), _("Share of pictures that are mirrored."), _SHARE),
            Option("augment.hue", _("Hue"), _("Largest shift of the hue, as a share of its circle."), _SHARE),
            Option("augment.saturation", _("Saturation"), _("Largest change of the saturation."), _SHARE),
            Option("augment.brightness", _("Brightness"), _("Largest change of the brightness."), _SHARE),
            Option(
                "augment.least_visible",
                _("Least visible"),
                _("A face of which less than this share is left on the canvas is not looked for."),
                _SHARE,
            ),
            Option(
                "augment.least_side",
                _("Least side"),
                _("Nor is one that is smaller than this, in pixels."),
                _number(0, 100),
            ),
        ),
    ),
    OptionGroup(
        _("Weights of the loss"),
        _("What counts how much while it learns."),
        (
            Option("loss.box", _("Box"), _("Where the face is."), _number(0, 1000)),
            Option("loss.objectness", _("Objectness"), _("Whether there is a face."), _number(0, 1000)),
            Option("loss.classes", _("Classes"), _("What kind of face it is."), _number(0, 1000)),
            Option(
                "loss.match_ratio",
                _("Match ratio"),
                _("An anchor learns a face up to this many times its width and height, or as many times smaller."),
                _number(1, 100),
            ),
        ),
        _("Loss"),
    ),
    OptionGroup(
        _("This machine"),
        _("These change the speed, not the outcome."),
        (
            Option(
                "loader_threads", _("Loading threads"), _("They compose the next canvases meanwhile."), _whole(1, 64)
            ),
            Option(
                "cache_megabytes", _("Picture cache"), _("Megabytes of pictures kept in memory."), _whole(0, 1_000_000)
            ),
        ),
    ),
)
OPTIONS: Final = tuple(option for group in OPTION_GROUPS for option in group.options)


def option_values(options: Mapping[str, Any]) -> dict[str, str]:
    """Every setting by the name people know it under, with its value in words; those left out have their default."""
    given = values_of(options)
    names = {path: name for group in OPTION_GROUPS for path, name in group.names().items()}
    return {names[option.path]: _said(given.get(option.name, option.default)) for option in OPTIONS}


def chosen_values(options: Mapping[str, Any]) -> dict[str, str]:
    """The same of those alone that differ from the defaults."""
    usual = option_values({})
    return {name: value for name, value in option_values(options).items() if value != usual[name]}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return _between(value) or gettext("from the net size")
    return f"{value:g}"


def options_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the defaults among the values of a form, as `TrainingRun.options` keeps it."""
    chosen: dict[str, Any] = {}
    for option in OPTIONS:
        value = values.get(option.name)
        if value is None or value == [] or value == option.default:
            continue
        parent, _dot, name = option.path.rpartition(".")
        (chosen.setdefault(parent, {}) if parent else chosen)[name] = value
    return chosen


def values_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The other way round: what the form shows for the options of a run."""
    flat = dict(options)
    for part in PARTS:
        flat |= {f"{part}.{name}": value for name, value in flat.pop(part, {}).items()}
    return {option.name: flat[option.path] for option in OPTIONS if option.path in flat}


def every_path() -> set[str]:
    """The paths of all settings there are; those of a run's own columns are among them."""
    plain = {field.name for field in fields(TrainConfig)} - set(PARTS)
    return plain | {f"{part}.{field.name}" for part, kind in PARTS.items() for field in fields(kind)}
