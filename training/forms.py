"""What a person types to start a training."""

from typing import Any

from django import forms
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.deadlines import MOST_EPOCHS, minutes_to_train, next_time
from training.models import LARGEST_NET_SIZE, NET_SIZE_STEP, StartWeights, TrainingRun
from training.services import Recipe
from yolo.config import LEAST_NET_SIZE, NETWORKS

LEAST_MINUTES = 1
MOST_MINUTES = 14 * 24 * 60


class Budget(TextChoices):
    """What ends a training."""

    EPOCHS = "epochs", _("a number of epochs")
    MINUTES = "minutes", _("so many minutes")
    READY_BY = "ready_by", _("the best model by a time of day")


class RunForm(forms.ModelForm[TrainingRun]):
    """A new run; the rules it checks are those of the model."""

    net_size = forms.IntegerField(
        label=_("Net size"),
        min_value=LEAST_NET_SIZE,
        max_value=LARGEST_NET_SIZE,
        step_size=NET_SIZE_STEP,
        initial=416,
        help_text=_(
            "Pixels of the longer side at which faces are looked for: 288, 320 and so on. Larger finds smaller."
        ),
    )
    network = forms.ChoiceField(label=_("Network"), choices=[(name, name) for name in NETWORKS])
    budget = forms.ChoiceField(label=_("How long"), choices=Budget.choices, initial=Budget.EPOCHS, required=False)
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

    class Meta:
        model = TrainingRun
        fields = (
            "version",
            "network",
            "net_size",
            "epochs",
            "batch",
            "crops_version",
            "start_release",
            "start_weights",
        )
        labels = {
            "version": _("Dataset version"),
            "epochs": _("Epochs"),
            "batch": _("Batch"),
            "crops_version": _("Single faces"),
            "start_release": _("Start from"),
            "start_weights": _("Or from Darknet's weights"),
        }
        help_texts = {
            "version": _("The frozen pictures and boxes to learn from."),
            "epochs": _("How often every picture is looked at."),
            "batch": _("Pictures a step; smaller needs less memory."),
            "crops_version": _(
                "A version of a dataset of single faces that are pasted into the pictures. May be empty."
            ),
            "start_release": _("A model whose weights to begin with; fewer epochs will then do."),
            "start_weights": _("Fetched or read with the command fetch_weights; those of the same network fit."),
        }

    def clean(self) -> dict[str, Any]:
        """What the chosen budget needs is there; the fields of the others do not count."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        budget = values.get("budget") or Budget.EPOCHS
        if budget not in self.errors and values.get(budget) is None:
            self.add_error(budget, _("Say how much."))
        if budget != Budget.EPOCHS:
            self.errors.pop("epochs", None)
            values["epochs"] = MOST_EPOCHS
        if budget == Budget.READY_BY and values.get("ready_by") is not None:
            values["deadline"] = next_time(values["ready_by"], now=timezone.localtime())
            if not minutes_to_train(values["deadline"], now=timezone.now()):
                self.add_error("ready_by", _("This is too soon: measuring the model alone takes two minutes."))
        return values

    def recipe(self) -> Recipe:
        """What was typed, as the services take it."""
        values = self.cleaned_data
        return Recipe(
            version=values["version"],
            network=values["network"],
            net_size=values["net_size"],
            epochs=values["epochs"],
            batch=values["batch"],
            crops_version=values["crops_version"],
            start_release=values["start_release"],
            start_weights=values["start_weights"],
            options={"minutes": values["minutes"]} if values["budget"] == Budget.MINUTES else {},
            ready_by=values.get("deadline"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["epochs"].required = False
        self.fields["ready_by"].help_text = _("The next time clocks show it in %(zone)s.") % {
            "zone": timezone.get_current_timezone_name()
        }
        versions = DatasetVersion.objects.select_related("dataset")
        self._offer("version", versions, nothing=_("Choose a version"))
        if not self.initial.get("version") and len(some := versions[:2]) == 1:
            self.initial["version"] = some[0].pk
        self._offer("crops_version", versions, nothing=_("None: faces are cut from the pictures themselves"))
        self._offer("start_release", ModelRelease.objects.all(), nothing=_("Scratch"))
        self._offer("start_weights", StartWeights.objects.all(), nothing=_("None"))

    def _offer(self, name: str, rows: QuerySet[Any], *, nothing: Promise) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        field.empty_label = str(nothing)
