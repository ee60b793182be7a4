"""What a person types to start a training."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.models import LARGEST_NET_SIZE, NET_SIZE_STEP, StartWeights, TrainingRun
from yolo.config import LEAST_NET_SIZE, NETWORKS


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
