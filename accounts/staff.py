"""What a role opens in the Django administration: one group a role, with rights on the models of its work."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from accounts.models import User
from accounts.rights import Role

# App and model labels, not imports: these apps stand above this one.
_DATASETS = Q(content_type__app_label="labelling")
_LOOKING = _DATASETS & Q(codename__startswith="view_")
OPEN_TO: dict[str, Q] = {
    Role.DATASET_MANAGER: _DATASETS,
    Role.ANNOTATOR: _LOOKING | _DATASETS & Q(content_type__model="box"),
    Role.ENGINEER: _LOOKING,
}


def roles_sync() -> None:
    """Bring each role's group and its members up to date; called after migrating, when permissions exist."""
    for role in OPEN_TO:
        _group(role)
    for user in User.objects.filter(role__in=OPEN_TO, is_active=True):
        place_in_group(user)
        User.objects.filter(pk=user.pk, is_staff=False).update(is_staff=True)


def place_in_group(user: User) -> bool:
    """Put a person into the group of the role, out of those of other roles; whether there is such a group."""
    user.groups.remove(*user.groups.filter(name__in=[role for role in OPEN_TO if role != user.role]))
    if user.role not in OPEN_TO:
        return False
    user.groups.add(_group(user.role))
    return True


def _group(role: str) -> Group:
    group, _created = Group.objects.get_or_create(name=role)
    group.permissions.set(Permission.objects.filter(OPEN_TO[role]))
    return group
