"""What all views of this API have in common: who gets in."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from accounts.api import Rights, RulesAPI, caller
from accounts.rights import Right
from training.models import TrainingRun, TrainingRunQuerySet


class TrainingRights(Rights):
    """To read, the right to see trainings; to write, the right to train."""

    read = Right.VIEW_TRAINING
    write = Right.TRAIN


class TrainingAPI(RulesAPI):
    """A view on trainings. A rule that a service finds broken is told as `accounts.api.answer_to` says."""

    permission_classes = [TrainingRights]


def runs_seen(request: Request) -> TrainingRunQuerySet:
    """The runs that the caller may see, with all that the API says of them."""
    rows = TrainingRun.objects.for_user(caller(request)).for_lists()
    return rows.select_related("start_release", "start_weights")


def run_of(request: Request, pk: int) -> TrainingRun:
    """The run that an address names, or Http404."""
    return get_object_or_404(runs_seen(request), pk=pk)
