"""What a role opens in the Django administration: one group a role, with all rights on its apps' models."""

from django.contrib.auth.models import Group, Permission

from accounts.models import User
from accounts.rights import Role

# App labels, not imports: these apps stand above this one.
APPS_OF: dict[str, tuple[str, ...]] = {
    Role.DATASET_MANAGER: ("labelling",),
}


def roles_sync() -> None:
    """Bring each role's group and its members up to date; called after migrating, when permissions exist."""
    for role in APPS_OF:
        _group(role)
    for user in User.objects.filter(role__in=APPS_OF, is_active=True):
        place_in_group(user)
        User.objects.filter(pk=user.pk, is_staff=False).update(is_staff=True)


def place_in_group(user: User) -> bool:
    """Put a person into the group of the role, out of those of other roles; whether there is such a group."""
    user.groups.remove(*user.groups.filter(name__in=[role for role in APPS_OF if role != user.role]))
    if user.role not in APPS_OF:
        return False
    user.groups.add(_group(user.role))
    return True


def _group(role: str) -> Group:
    group, _created = Group.objects.get_or_create(name=role)
    group.permissions.set(Permission.objects.filter(content_type__app_label__in=APPS_OF[role]))
    return group
