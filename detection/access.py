"""Who may see what the jobs of this app work on."""

from accounts.models import User
from detection.models import Analysis, Clip


def analysis_visible(user: User, target_id: int) -> bool:
    """Whether a person may watch an analysis: those who may see its clip."""
    return Analysis.objects.filter(pk=target_id, clip__in=Clip.objects.for_user(user)).exists()
