"""What all views of this API have in common: who gets in, and what a release that is not whole answers."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import Conflict, Rights, RulesAPI, caller
from accounts.rights import Right
from releases.models import ModelRelease, ModelReleaseQuerySet
from yolo.release import ReleaseError


class SeesReleases(Rights):
    """The right to see releases, also to have one look at something: nothing is changed by that."""

    read = write = Right.VIEW_RELEASES


class ManagesReleases(Rights):
    """To read, the right to see releases; to write, the right to manage them."""

    read = Right.VIEW_RELEASES
    write = Right.MANAGE_RELEASES


class ReleasesAPI(RulesAPI):
    """A view on releases. What keeps a release from being used or deleted is told as 409."""

    permission_classes = [ManagesReleases]

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(Conflict(str(exc)) if isinstance(exc, ReleaseError) else exc)


def releases_seen(request: Request) -> ModelReleaseQuerySet:
    """The releases that the caller may see."""
    return ModelRelease.objects.for_user(caller(request))
