"""Who gets in where: every address of the site, asked by the signed-out, without the right, and with it."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.rights import Right, Role, rights_of
from tests.maskweb.addresses import addresses

OPEN = {"health", "accounts:login"}
OWN = {"accounts:home", "accounts:logout", "accounts:settings", "accounts:password", "accounts:token_create"}
OWN |= {"accounts:token_revoke", "jobs:jobs", "jobs:bell", "schema"}

# The right without which nothing of an app opens; single addresses may ask for more.
LEAST_RIGHT = {
    "detection:": Right.VIEW_CAMERAS,
    "api-": Right.VIEW_CAMERAS,
    "labelling:": Right.VIEW_DATASETS,
    "training:": Right.VIEW_TRAINING,
    "releases:": Right.VIEW_RELEASES,
    "accounts:": Right.MANAGE_PEOPLE,
    "jobs:": Right.SEE_ALL_JOBS,
}
REFUSED = {403, 404, 405}


def least_right(name: str) -> Right:
    return next(right for prefix, right in LEAST_RIGHT.items() if name.startswith(prefix))


def guarded() -> list[str]:
    return [name for name in addresses() if name not in OPEN | OWN]


def answers(client, name: str) -> list[tuple[int, str]]:
    """Status and place to go of a GET and of an empty POST."""
    address = addresses()[name]
    got = (client.get(address), client.post(address))
    return [(response.status_code, response.headers.get("Location", "")) for response in got]


def test_every_address_belongs_to_an_app_whose_least_right_is_known():
    assert len(guarded()) > 15
    for name in guarded():
        least_right(name)


@pytest.mark.parametrize("name", [name for name in addresses() if name not in OPEN])
def test_the_signed_out_are_sent_to_the_login_or_refused(name, client, db):
    for status, place in answers(client, name):
        assert status in {401, 403} or (status == 302 and place.startswith(reverse("accounts:login"))), status


@pytest.mark.parametrize("name", guarded())
def test_without_the_least_right_of_an_app_nothing_of_it_opens(name, client, db):
    role = next(role for role in Role if least_right(name) not in rights_of(role))
    client.force_login(User.objects.create_user("x", password="x", role=role))
    for status, place in answers(client, name):
        elsewhere = status == 302 and name == "detection:overview" and place != addresses()[name]
        assert status in REFUSED or elsewhere, (role, status)


@pytest.mark.parametrize("name", [*guarded(), *OWN & set(addresses())])
def test_the_administrator_is_refused_nowhere(name, client, alice):
    client.force_login(alice)
    for status, _place in answers(client, name):
        assert status != 403
        assert status < 500
