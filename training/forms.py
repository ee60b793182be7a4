"""What a person types to start a training."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.deadlines import MOST_EPOCHS, minutes_to_train, next_time
from training.models import LARGEST_NET_SIZE, AnchorSource, StartWeights, TrainingRun
from training.network_words import network_choices
from training.option_fields import OPTION_GROUPS, OPTIONS, OptionGroup, options_of, values_of
from training.services import Recipe
from yolo.config import (
    LEAST_NET_SIZE,
    LEAST_WIDTH,
    MOST_WIDTH,
    SIDE_STEP,
    TrainConfig,
    name_and_width,
    network_named,
    network_widened,
)

LEAST_MINUTES = 1
EPOCHS_FROM_A_MODEL = 20
MOST_MINUTES = 14 * 24 * 60
SCRATCH = ""
SHOWN_ELSEWHERE = {"start_release": "start", "start_weights": "start"}
"""Fields of a run that the form has under another name."""


class Budget(TextChoices):
    """What ends a training."""

    EPOCHS = "epochs", _("a number of epochs")
    MINUTES = "minutes", _("so many minutes")
    READY_BY = "ready_by", _("the best model by a time of day")


class RunForm(forms.Form):
    """A new run. What the values must be to each other is checked by the service; `note` shows it by field."""

    version = forms.ModelChoiceField(
        label=_("Dataset version"),
        queryset=DatasetVersion.objects.select_related("dataset"),
        empty_label=_("Choose a version"),
        help_text=_("The frozen pictures and boxes to learn from."),
    )
    crops_version = forms.ModelChoiceField(
        label=_("Single faces"),
        queryset=DatasetVersion.objects.select_related("dataset"),
        required=False,
        empty_label=_("None: faces are cut from the pictures themselves"),
        help_text=_("A version of a dataset of single faces that are pasted into the pictures. May be empty."),
    )
    network = forms.ChoiceField(label=_("Network"), choices=network_choices, widget=forms.RadioSelect)
    net_size = forms.IntegerField(
        label=_("Net size"),
        min_value=LEAST_NET_SIZE,
        max_value=LARGEST_NET_SIZE,
        step_size=SIDE_STEP,
        help_text=_(
            "Pixels of the longer side at which faces are looked for: 288, 320 and so on. Larger finds smaller faces "
            "and judges slower, by the square."
        ),
    )
    budget = forms.ChoiceField(label=_("How long"), choices=Budget.choices, initial=Budget.EPOCHS, required=False)
    epochs = forms.IntegerField(
        label=_("Epochs"),
        min_value=1,
        max_value=5000,
        required=False,
        help_text=_("How often every picture is shown. 60 from scratch; 10 to 30 from a model will do."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        required=False,
        help_text=_("It learns for so long, and the pace of learning follows. Measuring the model comes on top."),
    )
    ready_by = forms.TimeField(
        label=_("Time of day"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    start = forms.ChoiceField(
        label=_("Start from"),
        required=False,
        help_text=_(
            "A model whose weights to begin with learns in fewer epochs; what does not fit is named on the page of "
            "the training. A wider network begins where a narrower one of its form stands. Darknet's weights are "
            "fetched with the command fetch_weights."
        ),
    )
    width = forms.FloatField(
        label=_("Width"),
        min_value=LEAST_WIDTH,
        max_value=MOST_WIDTH,
        initial=1.0,
        required=False,
        help_text=_(
            "For the slim networks: filters of each layer, as a multiple. 1.5 has twice the weights and learns and "
            "judges half as fast. Default: 1."
        ),
    )
    anchors_from = forms.ChoiceField(
        label=_("Anchors"),
        choices=[("", _("the first that fits of these")), *AnchorSource.choices],
        required=False,
        help_text=_(
            "The box sizes its outputs are tuned to. A model's own fit where network and net size stay the same; those "
            "of a version are chosen in its anchor lab."
        ),
    )
    batch = forms.IntegerField(
        label=_("Batch"),
        min_value=1,
        max_value=256,
        help_text=_("Canvases a step; smaller needs less memory. Default: 8."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text=_(
            "Everything random follows from it: the same seed and settings give the same model. "
            "Another one tells how much is chance. Default: 0."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in OPTIONS:
            self.fields[option.name] = option.field()
        usual = TrainingRun()
        for name in ("network", "net_size", "epochs", "batch", "seed"):
            self.fields[name].initial = getattr(usual, name)
        self.fields["ready_by"].help_text = _("The next time clocks show it in %(zone)s.") % {
            "zone": timezone.get_current_timezone_name()
        }
        versions = self.fields["version"].queryset  # type: ignore[attr-defined]
        if not self.initial.get("version") and len(some := versions[:2]) == 1:
            self.initial["version"] = some[0].pk
        self.fields["start"].choices = _starts()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the chosen budget needs is there; the fields of the others do not count."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        budget = values.get("budget") or Budget.EPOCHS
        if budget not in self.errors and values.get(budget) is None:
            self.add_error(budget, _("Say how much."))
        for other in {*Budget.values} - {budget}:
            self.errors.pop(other, None)
        if budget != Budget.EPOCHS:
            values["epochs"] = MOST_EPOCHS
        width = values.get("width") or 1
        if width != 1 and values.get("network"):
            try:
                values["network"] = network_widened(network_named(values["network"]), round(width, 2)).name
            except ValueError as error:
                self.add_error("width", str(error))
        if budget == Budget.READY_BY and values.get("ready_by") is not None:
            values["deadline"] = next_time(values["ready_by"], now=timezone.localtime())
            if not minutes_to_train(values["deadline"], now=timezone.now()):
                self.add_error("ready_by", _("This is too soon: measuring the model alone takes two minutes."))
        return values

    def recipe(self) -> Recipe:
        """What was typed, as the services take it."""
        values = self.cleaned_data
        kind, _colon, key = values["start"].partition(":")
        minutes = {"minutes": values["minutes"]} if values["budget"] == Budget.MINUTES else {}
        return Recipe(
            version=values["version"],
            network=values["network"],
            net_size=values["net_size"],
            epochs=values["epochs"],
            batch=values["batch"],
            seed=values["seed"] or 0,
            crops_version=values["crops_version"],
            start_release=ModelRelease.objects.get(pk=key) if kind == "release" else None,
            start_weights=StartWeights.objects.get(pk=key) if kind == "weights" else None,
            anchors_from=values["anchors_from"],
            options=options_of(values) | minutes,
            ready_by=values.get("deadline"),
        )

    def configuration(self) -> TrainConfig:
        """The settings of a valid form as the trainer of the network knows them. Raises ValueError with a sentence."""
        run = TrainingRun(**self.recipe())
        try:
            run.clean()
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error
        if run.ready_by is not None:
            run.options["minutes"] = minutes_to_train(run.ready_by, now=timezone.now())
        return run.configuration()

    def note(self, error: ValidationError) -> None:
        """Show what the service refused, next to the field it is about."""
        for name, sentences in error.message_dict.items():
            for sentence in sentences:
                field = SHOWN_ELSEWHERE.get(name, name)
                word = sentence.partition(" ")[0] if name == "options" else field
                self.add_error(word if word in self.fields else None, sentence)

    def groups(self) -> Iterator[tuple[OptionGroup, list[BoundField]]]:
        """The finer settings, group by group."""
        for group in OPTION_GROUPS:
            yield group, [self[option.name] for option in group.options]

    def shows_more(self) -> bool:
        """Whether the finer settings stand open: one of them is wrong, or differs from its default."""
        names = {"width", "batch", "seed", *(option.name for option in OPTIONS)}
        values = self.data if self.is_bound else self.initial
        chosen = {name for name in names & set(values) if str(self[name].value()) != str(self.fields[name].initial)}
        return bool(chosen or names & set(self.errors))


def _starts() -> list[tuple[str, Any]]:
    """Scratch, then what there is to start from, by kind."""
    releases = [(f"release:{release.pk}", str(release)) for release in ModelRelease.objects.all()]
    weights = [(f"weights:{row.pk}", f"{row} ({row.network})") for row in StartWeights.objects.all()]
    kinds = [(gettext("Models of this site"), releases), (gettext("Darknet's weights"), weights)]
    return [(SCRATCH, gettext("Scratch: random weights")), *((title, rows) for title, rows in kinds if rows)]


def settings_from(release: ModelRelease | None) -> dict[str, Any]:
    """What the form shows at first: to go on from the active model, where there is one, as it is."""
    if release is None:
        return {}
    network, width = name_and_width(release.network)
    return {
        "start": f"release:{release.pk}",
        "network": network,
        "width": width,
        "net_size": release.net_size,
        "epochs": EPOCHS_FROM_A_MODEL,
    }


def settings_of(run: TrainingRun) -> dict[str, Any]:
    """What the form shows to start a training again with the settings of an earlier one."""
    network, width = name_and_width(run.network)
    start = f"release:{run.start_release_id}" if run.start_release_id else SCRATCH
    values: dict[str, Any] = {
        "version": run.version_id,
        "crops_version": run.crops_version_id,
        "network": network,
        "width": width,
        "net_size": run.net_size,
        "batch": run.batch,
        "seed": run.seed,
        "anchors_from": run.anchors_from,
        "start": f"weights:{run.start_weights_id}" if run.start_weights_id else start,
        **values_of(run.options),
    }
    if run.ready_by is not None:
        return values | {"budget": Budget.READY_BY, "ready_by": timezone.localtime(run.ready_by).time()}
    if run.options.get("minutes"):
        return values | {"budget": Budget.MINUTES, "minutes": round(run.options["minutes"])}
    return values | {"budget": Budget.EPOCHS, "epochs": run.epochs}
