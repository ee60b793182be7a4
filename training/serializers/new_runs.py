"""What the API takes to start a training: all settings there are."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from labelling.models import DatasetVersion
from releases.models import ModelRelease
from training.deadlines import MOST_EPOCHS, minutes_to_train
from training.forms import LEAST_MINUTES, MOST_MINUTES
from training.models import AnchorSource, StartWeights
from training.services import Recipe
from yolo.config import NETWORKS

BUDGETS = ("epochs", "minutes", "ready_by")
DEFAULT_EPOCHS = 60


class NewRunSerializer(serializers.Serializer[Any]):
    """A training to start. Of `epochs`, `minutes` and `ready_by` one is given, or none for 60 epochs."""

    version = serializers.PrimaryKeyRelatedField[DatasetVersion](
        queryset=DatasetVersion.objects.select_related("dataset"), help_text="Id of the frozen version to learn from."
    )
    network = serializers.ChoiceField(choices=sorted(NETWORKS), default="yolov3-slim")
    net_size = serializers.IntegerField(default=416, help_text="A multiple of 32, from 288 to 1280.")
    epochs = serializers.IntegerField(required=False, min_value=1, max_value=5000)
    minutes = serializers.FloatField(
        required=False,
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        help_text="Of learning; measuring comes on top.",
    )
    ready_by = serializers.DateTimeField(
        required=False, help_text="When the release is to be there; of the epochs those that fit are done."
    )
    batch = serializers.IntegerField(default=8, min_value=1, max_value=256)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
    crops_version = serializers.PrimaryKeyRelatedField[DatasetVersion](
        queryset=DatasetVersion.objects.select_related("dataset"),
        required=False,
        allow_null=True,
        help_text="Id of a version of another dataset, of single faces to paste in.",
    )
    start_release = serializers.SlugRelatedField[ModelRelease](
        slug_field="name",
        queryset=ModelRelease.objects.all(),
        required=False,
        allow_null=True,
        help_text="Name of a release whose weights to begin with, as far as they fit.",
    )
    start_weights = serializers.SlugRelatedField[StartWeights](
        slug_field="name",
        queryset=StartWeights.objects.all(),
        required=False,
        allow_null=True,
        help_text="Name of Darknet's weights to begin with instead.",
    )
    anchors_from = serializers.ChoiceField(
        choices=AnchorSource.choices,
        required=False,
        help_text="Left out: of the release it starts from where they fit, else of the version, else fitted anew.",
    )
    options = serializers.DictField(
        required=False,
        help_text="Other fields of yolo.config.TrainConfig, such as learning_rate, multi_scale, augment or loss.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One budget, and one that leaves time."""
        given = [name for name in BUDGETS if attrs.get(name) is not None]
        if len(given) > 1:
            raise serializers.ValidationError({given[1]: [_("Say one of epochs, minutes and ready_by, not two.")]})
        if given == ["ready_by"] and not minutes_to_train(attrs["ready_by"], now=timezone.now()):
            raise serializers.ValidationError(
                {"ready_by": [_("This is too soon: measuring the model alone takes two minutes.")]}
            )
        return attrs

    def recipe(self) -> Recipe:
        """What was sent, as the services take it."""
        values = dict(self.validated_data)
        options = dict(values.pop("options", {}))
        minutes = values.pop("minutes", None)
        if minutes is not None:
            options["minutes"] = minutes
        timed = minutes is not None or "minutes" in options or values.get("ready_by") is not None
        values.setdefault("epochs", MOST_EPOCHS if timed else DEFAULT_EPOCHS)
        return Recipe(**values, options=options)  # type: ignore[typeddict-item]
