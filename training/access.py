"""What jobs need to know of trainings: who may see one besides its owner, and what it has achieved."""

from django.utils.translation import gettext as _

from accounts.models import User
from releases.models import ModelRelease
from training.models import TrainingRun


def may_see_run(user: User, target_id: int) -> bool:
    return TrainingRun.objects.for_user(user).filter(pk=target_id).exists()


def published(target_id: int) -> str:
    """A sentence once the model of a training is published: what is left then can be made on the page of the model."""
    if not TrainingRun.objects.filter(pk=target_id, release__isnull=False).exists():
        return ""
    return _("The model is published. What it lacks, an int8 form or a calibration, can be made on its page.")


def may_see_release(user: User, target_id: int) -> bool:
    return ModelRelease.objects.for_user(user).filter(pk=target_id).exists()
