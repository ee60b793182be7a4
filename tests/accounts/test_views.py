"""The pages about people: what each shows, and to whom."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, User
from accounts.rights import Role
from accounts.services import api_token_create, user_create

PASSWORD = "correct horse"


def log_in(client, name, password=PASSWORD, **extra):
    return client.post(reverse("accounts:login"), {"username": name, "password": password, **extra})


def test_the_login_is_open_and_leads_to_the_first_page_of_the_role(client, bob, carol):
    assert client.get(reverse("accounts:login")).status_code == 200
    assert log_in(client, "bob").url == reverse("accounts:home")
    assert client.get(reverse("accounts:home")).url == reverse("detection:overview")
    client.force_login(carol)
    assert client.get(reverse("accounts:home")).url == reverse("labelling:datasets")


def test_the_login_goes_on_to_the_page_that_was_asked_for_but_to_no_other_site(client, bob):
    assert log_in(client, "bob", next="/clips/").url == "/clips/"
    client.logout()
    assert log_in(client, "bob", next="https://elsewhere.example/").url == reverse("accounts:home")


def test_a_login_is_put_on_record_with_its_address(client, bob):
    log_in(client, "bob")
    entry = AuditEntry.objects.get(action="login")
    assert (entry.actor, entry.detail) == (bob, {"address": "127.0.0.1"})


def test_after_five_failures_even_the_right_password_must_wait(client, bob):
    for _ in range(5):
        assert log_in(client, "bob", "wrong").status_code == 200
    page = log_in(client, "bob")
    assert page.status_code == 200
    assert "Too many failed attempts. Wait 15 minutes and try again." in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_failures_of_one_name_or_address_do_not_hold_up_others(client, alice, bob):
    for _ in range(5):
        log_in(client, "bob", "wrong")
    assert log_in(client, "alice").status_code == 302
    client.logout()
    response = client.post(reverse("accounts:login"), {"username": "bob", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9")
    assert response.status_code == 302


def test_the_wait_is_over_a_quarter_of_an_hour_after_the_failures(client, bob):
    for _ in range(5):
        log_in(client, "bob", "wrong")
    AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(client, "bob").status_code == 302


def test_a_failed_login_keeps_no_name_that_is_nobodys(client, bob):
    log_in(client, "my secret password", "x")
    log_in(client, "bob", "x")
    details = list(AuditEntry.objects.order_by("pk").values_list("detail", flat=True))
    assert details == [{"address": "127.0.0.1"}, {"address": "127.0.0.1", "username": "bob"}]


def test_somebody_deactivated_cannot_log_in(client, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert log_in(client, "bob").status_code == 200
    assert "_auth_user_id" not in client.session


def test_logging_out_takes_a_post(client, bob):
    client.force_login(bob)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.post(reverse("accounts:logout")).url == reverse("accounts:login")
    assert "_auth_user_id" not in client.session


def test_everybody_may_change_the_own_name_and_time_zone(client, charlie):
    client.force_login(charlie)
    form = {"first_name": "Charlie", "last_name": "Low", "email": "", "time_zone": "Asia/Tokyo"}
    assert client.post(reverse("accounts:settings"), form).status_code == 302
    charlie.refresh_from_db()
    assert (charlie.first_name, charlie.time_zone, charlie.role) == ("Charlie", "Asia/Tokyo", Role.VIEWER)


def test_a_time_zone_that_does_not_exist_is_refused_beside_its_field(client, charlie):
    client.force_login(charlie)
    page = client.post(reverse("accounts:settings"), {"time_zone": "Mars/Olympus"})
    assert "time_zone" in page.context["form"].errors
    charlie.refresh_from_db()
    assert charlie.time_zone == "UTC"


def test_the_role_cannot_be_changed_through_the_own_settings(client, charlie):
    client.force_login(charlie)
    client.post(reverse("accounts:settings"), {"time_zone": "UTC", "role": "administrator", "is_superuser": "on"})
    charlie.refresh_from_db()
    assert (charlie.role, charlie.is_superuser) == (Role.VIEWER, False)


def test_a_new_password_keeps_this_session_and_ends_the_others(client, client_elsewhere, bob):
    client.force_login(bob)
    client_elsewhere.force_login(bob)
    form = {"old_password": PASSWORD, "new_password1": "battery staple", "new_password2": "battery staple"}
    assert client.post(reverse("accounts:password"), form).status_code == 302
    assert client.get(reverse("accounts:settings")).status_code == 200
    assert client_elsewhere.get(reverse("accounts:settings")).status_code == 302
    assert AuditEntry.objects.filter(action="password_change", actor=bob).exists()


def test_a_token_is_shown_once_and_opens_the_api(client, client_elsewhere, bob):
    client.force_login(bob)
    page = client.post(reverse("accounts:token_create"), {"name": "nightly upload"})
    token = page.context["secret"]
    assert token in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert token not in client.get(reverse("accounts:settings")).content.decode()
    assert client_elsewhere.get("/api/schema/", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_revoked_token_opens_nothing_any_more(client, client_elsewhere, bob):
    row, token = api_token_create(user=bob, name="nightly upload")
    client.force_login(bob)
    client.post(reverse("accounts:token_revoke", args=[row.pk]))
    assert client_elsewhere.get("/api/schema/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_nobody_revokes_the_token_of_somebody_else(client, alice, bob):
    row, _token = api_token_create(user=bob, name="nightly upload")
    client.force_login(alice)
    assert client.post(reverse("accounts:token_revoke", args=[row.pk])).status_code == 404
    assert ApiToken.objects.filter(pk=row.pk).exists()


def people_pages(pk):
    return [
        reverse("accounts:people"),
        reverse("accounts:person_add"),
        reverse("accounts:person", args=[pk]),
        reverse("accounts:audit"),
    ]


def test_people_and_record_are_open_to_administrators_alone(client, alice, bob):
    for page in people_pages(bob.pk):
        client.force_login(bob)
        assert client.get(page).status_code == 403, page
        client.force_login(alice)
        assert client.get(page).status_code == 200, page


def test_without_the_right_nobody_gets_another_persons_password(client, alice, bob):
    client.force_login(bob)
    assert client.post(reverse("accounts:person_password", args=[alice.pk])).status_code == 403
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_an_added_person_can_log_in_with_the_password_shown(client, client_elsewhere, alice):
    client.force_login(alice)
    page = client.post(reverse("accounts:person_add"), {"username": "erin", "role": "annotator"})
    assert log_in(client_elsewhere, "erin", page.context["secret"]).status_code == 302
    assert User.objects.get(username="erin").role == Role.ANNOTATOR


def test_a_login_name_that_is_taken_is_refused_beside_its_field(client, alice, bob):
    client.force_login(alice)
    page = client.post(reverse("accounts:person_add"), {"username": "bob", "role": "annotator"})
    assert "username" in page.context["form"].errors


def test_the_last_administrator_can_be_neither_demoted_nor_deactivated(client, alice):
    client.force_login(alice)
    address = reverse("accounts:person", args=[alice.pk])
    for change in ({"role": "viewer", "is_active": "on"}, {"role": "administrator"}):
        page = client.post(address, change)
        assert "This is the last active administrator: name another one first." in page.content.decode()
    alice.refresh_from_db()
    assert (alice.role, alice.is_active) == (Role.ADMINISTRATOR, True)


def test_an_administrator_may_step_down_where_another_one_is_left(client, alice):
    user_create(username="erin", role=Role.ADMINISTRATOR, by=alice)
    client.force_login(alice)
    client.post(reverse("accounts:person", args=[alice.pk]), {"role": "viewer", "is_active": "on"})
    alice.refresh_from_db()
    assert (alice.role, alice.is_superuser, alice.is_staff) == (Role.VIEWER, False, False)


def test_a_new_password_for_somebody_replaces_the_old_one(client, alice, bob):
    client.force_login(alice)
    secret = client.post(reverse("accounts:person_password", args=[bob.pk])).context["secret"]
    bob.refresh_from_db()
    assert bob.check_password(secret)
    assert not bob.check_password(PASSWORD)


def test_the_record_tells_a_change_in_words(client, alice, bob):
    client.force_login(alice)
    client.post(reverse("accounts:person", args=[bob.pk]), {"role": "engineer", "is_active": "on"})
    page = client.get(reverse("accounts:audit")).content.decode()
    assert "user update" in page
    assert "safety_officer → engineer" in page


@pytest.mark.parametrize(
    ("name", "queries"),
    [("accounts:people", 4), ("accounts:audit", 4)],  # session, person, count, rows
)
def test_lists_of_people_and_record_ask_the_database_the_same_few_questions_however_long(
    name, queries, client, alice, django_assert_num_queries
):
    for number in range(30):
        user_create(username=f"person{number}", role=Role.VIEWER, by=alice)
    client.force_login(alice)
    with django_assert_num_queries(queries):
        client.get(reverse(name))


def test_data_set_managers_work_on_labelling_models_in_the_administration(client, alice):
    carla, _password = user_create(username="carla", role=Role.DATASET_MANAGER, by=alice)
    carla = User.objects.get(pk=carla.pk)
    assert carla.is_staff
    labels = {permission.split(".")[0] for permission in carla.get_all_permissions()}
    assert labels == {"labelling"}
    assert Permission.objects.filter(content_type__app_label="labelling").count() == len(carla.get_all_permissions())
