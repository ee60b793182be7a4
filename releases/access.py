"""Who may see what the jobs of this app work on."""

from accounts.models import User
from accounts.rights import Right


def conversion_visible(user: User, target_id: int) -> bool:
    """Whether a person may watch a conversion: those who may see releases."""
    return user.may(Right.VIEW_RELEASES)
