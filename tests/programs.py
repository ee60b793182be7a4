"""Programs that use the API with the token of a person."""

from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import api_token_create


def as_person(user: User) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {api_token_create(user=user, name='test')[1]}")
    return client
