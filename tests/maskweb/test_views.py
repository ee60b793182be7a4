"""Pages that belong to no app."""

from django.urls import reverse


def test_health_is_open_and_tells_nothing_but_that_the_database_answers(client, db):
    response = client.get(reverse("health"))
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
