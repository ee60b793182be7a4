"""Headers and cookies of every page."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rights import Role
from tests.maskweb.addresses import addresses


def pages():
    return [*addresses().values(), "/admin/", "/nowhere/"]


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("root", password="x", role=Role.ADMINISTRATOR)


def test_every_page_has_a_policy_without_anything_inline(client, administrator):
    client.force_login(administrator)
    seen = 0
    for address in pages():
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy, address
        assert "unsafe" not in policy, address
        assert response["X-Frame-Options"] == "DENY", address
        assert response["X-Content-Type-Options"] == "nosniff", address
        assert response["Referrer-Policy"] == "same-origin", address
        seen += response.status_code == 200
    assert seen >= 10


def test_a_form_that_is_too_old_is_refused_with_a_sentence(db):
    page = Client(enforce_csrf_checks=True).post(reverse("accounts:login"), {"username": "x", "password": "y"})
    assert page.status_code == 403
    assert "This form was too old" in page.content.decode()


def test_cookies_are_out_of_reach_of_scripts(client, administrator):
    client.post(reverse("accounts:login"), {"username": "root", "password": "x"})
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.CSRF_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"
