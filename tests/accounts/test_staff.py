"""What a role opens in the Django administration."""

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.rights import Role
from accounts.services import role_apply, user_create, user_update
from accounts.staff import roles_sync


def test_syncing_gives_entry_to_data_set_managers_of_before(carol):
    assert not carol.is_staff
    roles_sync()
    carol = User.objects.get(pk=carol.pk)
    assert carol.is_staff
    assert carol.has_perm("labelling.change_dataset")
    assert not carol.has_perm("accounts.change_user")


def test_syncing_twice_changes_nothing(carol):
    roles_sync()
    roles_sync()
    assert set(Group.objects.values_list("name", flat=True)) == {"dataset_manager", "annotator", "engineer"}
    assert list(Group.objects.get(name="dataset_manager").user_set.all()) == [carol]


def test_annotators_change_boxes_and_look_at_the_rest(alice):
    ann, _password = user_create(username="ann", role=Role.ANNOTATOR, by=alice)
    allowed = {name.removeprefix("labelling.") for name in User.objects.get(pk=ann.pk).get_all_permissions()}
    assert {name for name in allowed if not name.startswith("view_")} == {"add_box", "change_box", "delete_box"}
    assert {"view_image", "view_dataset", "view_box"} <= allowed


def test_engineers_only_look(dan):
    role_apply(user=dan)
    dan = User.objects.get(pk=dan.pk)
    assert dan.is_staff
    assert {name.split("_")[0] for name in dan.get_all_permissions()} == {"labelling.view"}


def test_another_role_takes_the_rights_of_the_old_one_away(alice):
    carla, _password = user_create(username="carla", role=Role.DATASET_MANAGER, by=alice)
    user_update(user=carla, role=Role.VIEWER, is_active=True, by=alice)
    carla = User.objects.get(pk=carla.pk)
    assert not carla.is_staff
    assert carla.get_all_permissions() == set()


def test_administrators_are_superusers_of_the_administration(alice):
    erin, _password = user_create(username="erin", role=Role.ADMINISTRATOR, by=alice)
    assert (erin.is_staff, erin.is_superuser) == (True, True)
