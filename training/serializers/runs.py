"""Training runs as the API says them, and by what they are filtered."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.models import Job
from jobs.serializers import JobSerializer
from training.models import Epoch, Examination, StartWeights, TrainingRun


class RunFiltersSerializer(serializers.Serializer[Any]):
    """Which runs a list shows; each may be left out."""

    state = serializers.ChoiceField(choices=Job.State.choices, required=False)
    network = serializers.CharField(required=False)
    dataset = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its id.")
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its id.")
    release = serializers.CharField(required=False, help_text="Name of the release that the run has made.")
    published = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether it has made a release."
    )


class RunSerializer(serializers.ModelSerializer[TrainingRun]):
    """A training. `best` is its best epoch with the figures on the validation pictures, empty before the first."""

    title = serializers.CharField(source="__str__")
    dataset = serializers.IntegerField(source="version.dataset_id", help_text="Its id.")
    version_name = serializers.CharField(source="version.__str__", help_text="Such as face-mask v1.")
    start_release = serializers.CharField(source="start_release.name", default=None, allow_null=True)
    start_weights = serializers.CharField(source="start_weights.name", default=None, allow_null=True)
    trained_epochs = serializers.IntegerField()
    trained_seconds = serializers.FloatField(allow_null=True)
    best = serializers.DictField(help_text="Such as epoch, map50, map50_95, ap50 by class.")
    options = serializers.DictField(help_text="Fields of yolo.config.TrainConfig that differ from its defaults.")
    release = serializers.IntegerField(source="release_id", allow_null=True, help_text="Id of what it has published.")
    release_name = serializers.CharField(source="release.name", default=None, allow_null=True)
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    job = JobSerializer(allow_null=True)

    class Meta:
        model = TrainingRun
        fields = [
            *("id", "title", "dataset", "version", "version_name", "crops_version", "network", "net_size"),
            *("epochs", "ready_by", "batch", "seed", "options", "anchors_from", "start_release", "start_weights"),
            *("trained_epochs", "trained_seconds", "best", "release", "release_name", "created_at", "created_by"),
            "job",
        ]
        read_only_fields = fields


class EpochSerializer(serializers.ModelSerializer[Epoch]):
    """One epoch: mean losses over its steps, and the figures on the validation pictures where it was validated."""

    losses = serializers.DictField(child=serializers.FloatField(), help_text="loss, box, objectness, classes")
    metrics = serializers.DictField(help_text="Such as map50, map50_95, map50_95_small, ap50 by class.")

    class Meta:
        model = Epoch
        fields = ["number", "losses", "metrics", "learning_rate", "seconds"]
        read_only_fields = fields


class RunDetailSerializer(RunSerializer):
    """One training with its epochs and what happened on the way."""

    anchors = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), help_text="Width and height at the net size."
    )
    started_with = serializers.DictField(
        help_text="taken: arrays that fitted; left_out: those that began at random; widened: how many of those taken "
        "came from a narrower network."
    )
    setbacks = serializers.ListField(
        child=serializers.DictField(), help_text="Where the loss diverged: epoch, step, rate_share from then on."
    )
    test_metrics = serializers.DictField(help_text="On the test pictures, looked at once, after the training.")
    epochs_done = EpochSerializer(many=True)
    can_publish_best = serializers.BooleanField(help_text="Whether it was broken off after an epoch to publish.")
    has_examination = serializers.SerializerMethodField(help_text="Whether its best epoch was looked at closely.")

    class Meta(RunSerializer.Meta):
        fields = [
            *RunSerializer.Meta.fields,
            *("anchors", "started_with", "setbacks", "test_metrics", "publish_best", "can_publish_best"),
            *("has_examination", "epochs_done"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_has_examination(self, run: TrainingRun) -> bool:
        return Examination.objects.filter(run=run).exists()


class StartWeightsSerializer(serializers.ModelSerializer[StartWeights]):
    """Weights of Darknet to start trainings of that network from."""

    class Meta:
        model = StartWeights
        fields = ["id", "name", "network", "layers", "size", "sha256", "source", "created_at"]
        read_only_fields = fields


class CurvesSerializer(serializers.Serializer[Any]):
    """Of one class, in 51 steps from 0 to 1; null where nothing reaches so far."""

    precision = serializers.ListField(child=serializers.FloatField(allow_null=True), help_text="By recall.")
    f1 = serializers.ListField(child=serializers.FloatField(allow_null=True), help_text="By threshold.")


class BinSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True, help_text="Mean score of the boxes.")
    right = serializers.FloatField(allow_null=True, help_text="The share of them that is right.")
    count = serializers.IntegerField()


class ReliabilitySerializer(serializers.Serializer[Any]):
    """Whether scores mean what they say."""

    bins = BinSerializer(many=True)
    error = serializers.FloatField(allow_null=True, help_text="Mean distance of score and share, by the boxes.")


class ExaminedPictureSerializer(serializers.Serializer[Any]):
    """Errors on one picture. `true` and `found` are there where something is wrong."""

    image = serializers.IntegerField(help_text="Its id.")
    missed = serializers.IntegerField()
    false = serializers.IntegerField(help_text="Boxes of nothing.")
    confused = serializers.IntegerField(help_text="Boxes of the wrong class.")
    true = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        required=False,
        help_text="[class, left, top, right, bottom]; the class by its place in `classes`, pixels of the picture.",
    )
    found = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        required=False,
        help_text="[class, score, left, top, right, bottom]",
    )


class ExaminationSerializer(serializers.ModelSerializer[Examination]):
    """A close look at the best epoch of a training on its validation pictures, at the release's thresholds."""

    classes = serializers.ListField(child=serializers.CharField())
    thresholds = serializers.ListField(child=serializers.FloatField())
    curves = CurvesSerializer(many=True)
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Rows are true classes, columns predicted ones; the background comes last.",
    )
    reliability = ReliabilitySerializer()
    pictures = ExaminedPictureSerializer(many=True, help_text="Worst first.")

    class Meta:
        model = Examination
        fields = ["run", "classes", "thresholds", "curves", "confusion", "reliability", "pictures"]
        read_only_fields = fields
