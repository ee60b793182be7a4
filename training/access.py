"""Who may see the job of a training besides its owner."""

from accounts.models import User
from releases.models import ModelRelease
from training.models import TrainingRun


def may_see_run(user: User, target_id: int) -> bool:
    return TrainingRun.objects.for_user(user).filter(pk=target_id).exists()


def may_see_release(user: User, target_id: int) -> bool:
    return ModelRelease.objects.for_user(user).filter(pk=target_id).exists()
