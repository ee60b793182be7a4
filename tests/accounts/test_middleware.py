"""What happens around each request."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import OwnTimeZone
from accounts.models import User


def test_the_signed_out_are_sent_to_the_login_and_back(client, db):
    address = reverse("accounts:settings")
    assert client.get(address).url == f"{reverse('accounts:login')}?next={address}"


def test_a_part_asked_for_by_htmx_reloads_the_page_instead_of_swapping_the_login_in(client, db):
    response = client.get(reverse("accounts:settings"), headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Refresh"] == "true"
    assert response.content == b""


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Lima"])
def test_times_are_shown_in_the_zone_of_the_person_and_of_nobody_else_afterwards(zone):
    seen = []

    def view(request):
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = User(username="x", time_zone=zone)
    OwnTimeZone(view)(request)
    assert seen == [zone]
    assert timezone.get_current_timezone_name() == "UTC"
