"""What the API says about jobs."""

from typing import Any

from rest_framework import serializers

from jobs.models import Job
from jobs.snapshot import job_snapshot


class JobSerializer(serializers.Serializer[Any]):
    """How far a job is. It has ended when `state` is succeeded, failed or cancelled."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="Such as labelling.import.")
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    stopping = serializers.BooleanField(help_text="Whether it runs on only until its next safe point.")
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True, help_text="Null while nobody knows.")
    unit = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    seconds_left = serializers.IntegerField(allow_null=True)
    failure = serializers.CharField(allow_blank=True, help_text="What went wrong, in a sentence.")
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Job) -> dict[str, Any]:
        said = job_snapshot(instance)
        return {str(name): said[str(name)] for name in self.fields}
