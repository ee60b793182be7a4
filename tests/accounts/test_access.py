"""The access check of pages, and the rights of the roles."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.access import require
from accounts.models import User
from accounts.rights import Right, Role, rights_of


@require(Right.TRAIN)
def train(request):
    return HttpResponse("trains")


def ask(**fields):
    request = RequestFactory().get("/")
    request.user = User(username="x", **fields)
    return train(request)


def test_a_role_with_the_right_gets_in():
    assert ask(role=Role.ENGINEER).content == b"trains"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANNOTATOR, Role.SAFETY_OFFICER, Role.CAMERA_MANAGER, "emperor"])
def test_a_role_without_the_right_is_refused(role):
    with pytest.raises(PermissionDenied):
        ask(role=role)


def test_a_superuser_who_is_deactivated_is_refused():
    with pytest.raises(PermissionDenied):
        ask(role=Role.ADMINISTRATOR, is_superuser=True, is_active=False)


def test_only_administrators_manage_people():
    assert [role for role in Role if Right.MANAGE_PEOPLE in rights_of(role)] == [Role.ADMINISTRATOR]


def test_every_right_belongs_to_the_administrator():
    assert rights_of(Role.ADMINISTRATOR) == frozenset(Right)
