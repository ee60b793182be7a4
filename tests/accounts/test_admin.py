"""People in the Django administration."""

from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.rights import Role
from accounts.services import user_create


def form_of(user, **changes):
    data = {"username": user.username, "time_zone": "UTC", "role": user.role, "is_active": "on"}
    data.update({"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"})
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


def administrator(client):
    user = User.objects.create_superuser("root", password="x", role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def test_it_opens_to_staff_alone(client, bob):
    client.force_login(bob)
    assert client.get(reverse("admin:index")).status_code == 302
    administrator(client)
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 200


def test_it_has_no_login_of_its_own_that_counts_no_failures(client, alice):
    for _attempt in range(6):
        page = client.post(reverse("admin:login"), {"username": "alice", "password": "guess"}, follow=True)
    assert page.redirect_chain[0][0] == reverse("accounts:login") + "?next=/admin/"
    client.post(reverse("admin:login"), {"username": "alice", "password": "correct horse"})
    assert "_auth_user_id" not in client.session


def test_its_login_leads_on_to_the_page_asked_for(client, db):
    administrator(client)
    assert client.get(reverse("admin:login")).url == reverse("admin:index")
    client.logout()
    page = client.get(reverse("admin:accounts_user_changelist"), follow=True)
    login = client.post(page.redirect_chain[-1][0], {"username": "root", "password": "x"})
    assert login.url == reverse("admin:accounts_user_changelist")


def test_it_is_refused_to_those_who_are_no_staff(client, bob):
    client.force_login(bob)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_it_refuses_to_demote_the_last_administrator(client, db):
    root = administrator(client)
    page = client.post(reverse("admin:accounts_user_change", args=[root.pk]), form_of(root, role="viewer"))
    assert "This is the last active administrator" in page.content.decode()
    root.refresh_from_db()
    assert root.role == Role.ADMINISTRATOR


def test_a_role_changed_there_brings_its_rights_and_is_on_record(client, bob):
    root = administrator(client)
    address = reverse("admin:accounts_user_change", args=[bob.pk])
    assert client.post(address, form_of(bob, role="dataset_manager")).status_code == 302
    bob = User.objects.get(pk=bob.pk)
    assert (bob.is_staff, bob.is_superuser, bob.has_perm("labelling.add_dataset")) == (True, False, True)
    assert AuditEntry.objects.get(action="user_update").actor == root


def test_a_data_set_manager_sees_no_people_there(client, alice):
    carla, _password = user_create(username="carla", role=Role.DATASET_MANAGER, by=alice)
    client.force_login(carla)
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_nobody_is_deleted_and_nothing_on_record_changed_there(client, bob):
    administrator(client)
    entry = AuditEntry.objects.create(action="x")
    assert client.get(reverse("admin:accounts_user_delete", args=[bob.pk])).status_code == 403
    assert client.get(reverse("admin:accounts_auditentry_delete", args=[entry.pk])).status_code == 403
    assert client.post(reverse("admin:accounts_auditentry_change", args=[entry.pk]), {}).status_code == 403


def test_its_pages_carry_the_icon_of_the_site(client, db):
    administrator(client)
    assert "images/icon" in client.get(reverse("admin:index")).content.decode()
