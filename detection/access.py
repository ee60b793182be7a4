"""Who may see what the jobs of this app work on."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.rights import Right
from detection.models import Analysis, Camera, Clip


def analysis_visible(user: User, target_id: int) -> bool:
    """Whether a person may watch an analysis: those who may see its clip."""
    return Analysis.objects.filter(pk=target_id, clip__in=Clip.objects.for_user(user)).exists()


def preview_visible(user: User, target_id: int) -> bool:
    """Whether a person may watch a preview: those who may see releases."""
    return user.may(Right.VIEW_RELEASES)


def preview_cameras(user: User) -> QuerySet[Camera]:
    """The cameras whose rates a preview shows to a person: who decides on releases sees them all, but no clip."""
    return Camera.objects.all() if user.may(Right.MANAGE_RELEASES) else Camera.objects.for_user(user)
