"""Pages that belong to no app."""

import pytest
from django.urls import reverse


def test_health_is_open_and_tells_nothing_but_that_the_database_answers(client, db):
    response = client.get(reverse("health"))
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("method", ["get", "put", "post", "delete"])
def test_an_unknown_address_of_the_api_is_told_in_json(client, db, method):
    response = getattr(client, method)("/api/batches/1/zip/ok.zip", {}, content_type="application/json")
    assert (response.status_code, response.json()) == (404, {"detail": "There is nothing at this address."})


def test_another_unknown_address_is_told_as_a_page(client, db):
    response = client.get("/apis/")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here" in response.content.decode()


def test_an_address_of_the_api_without_its_slash_still_leads_to_it(client, db):
    assert client.get("/api/batches").headers["Location"] == "/api/batches/"
