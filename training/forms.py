"""What a person types to start a training."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.models import NET_SIZE_STEP, TrainingRun
from yolo.config import LEAST_NET_SIZE, NETWORKS


class RunForm(forms.ModelForm[TrainingRun]):
    """A new run; the rules it checks are those of the model."""

    network = forms.ChoiceField(label=_("Network"), choices=[(name, name) for name in NETWORKS])

    class Meta:
        model = TrainingRun
        fields = ("version", "network", "net_size", "epochs", "batch", "crops_version", "start_release")
        labels = {
            "version": _("Dataset version"),
            "net_size": _("Net size"),
            "epochs": _("Epochs"),
            "batch": _("Batch"),
            "crops_version": _("Single faces"),
            "start_release": _("Start from"),
        }
        help_texts = {
            "version": _("The frozen pictures and boxes to learn from."),
            "net_size": _("Pixels of the longer side at which faces will be looked for; larger finds smaller faces."),
            "epochs": _("How often every picture is looked at."),
            "batch": _("Pictures a step; smaller needs less memory."),
            "crops_version": _(
                "A version of a dataset of single faces that are pasted into the pictures. May be empty."
            ),
            "start_release": _("A release whose weights to begin with. Empty: from scratch."),
        }
        widgets = {
            "net_size": forms.NumberInput(attrs={"min": LEAST_NET_SIZE, "step": NET_SIZE_STEP}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = DatasetVersion.objects.select_related("dataset")
        for name in ("version", "crops_version"):
            self._offer(name, versions)
        self._offer("start_release", ModelRelease.objects.all())

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
