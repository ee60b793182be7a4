"""The description of the whole API, and the page that shows it."""

import io

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from maskweb.openapi import describe_operations, first_sentence
from tests.programs import as_person

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(schema) -> dict[str, dict]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_it_is_valid_and_without_warnings():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_every_operation_says_what_it_does_under_a_tag_that_is_explained(schema, operations):
    explained = {tag["name"] for tag in schema["tags"]}
    for name, operation in operations.items():
        assert operation.get("description"), name
        assert operation["summary"], name
        assert set(operation["tags"]) <= explained, name


def test_every_operation_tells_its_errors_and_how_to_sign_in(operations):
    for name, operation in operations.items():
        assert {"401", "403"} <= operation["responses"].keys(), name
        schemes = {scheme for each in operation["security"] for scheme in each}
        assert {"personToken", "cookieAuth"} <= schemes, name
    assert "404" in operations["GET /api/datasets/{id}/"]["responses"]
    assert "404" not in operations["GET /api/datasets/"]["responses"]
    assert "400" in operations["POST /api/datasets/"]["responses"]
    conflict = operations["DELETE /api/datasets/{id}/"]["responses"]["409"]
    assert conflict["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


def test_files_are_sent_as_bytes_and_answered_as_files(schema, operations):
    upload = schema["components"]["schemas"]["ImportUploadRequest"]["properties"]
    assert upload["export"]["format"] == "binary"
    answer = operations["GET /api/versions/{id}/export/"]["responses"]["200"]["content"]
    assert list(answer) == ["application/zip"]


def test_what_an_operation_says_of_an_error_itself_stays():
    said = {"description": "Not like this."}
    schema = {"paths": {"/a/{id}/": {"get": {"responses": {"404": said}}}}}
    responses = describe_operations(schema)["paths"]["/a/{id}/"]["get"]["responses"]
    assert responses["404"] is said
    assert sorted(responses) == ["401", "403", "404"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Make an empty dataset.", "Make an empty dataset"),
        ("Stop a job: at once while it waits.", "Stop a job"),
        ("Pages of 0.5 seconds. And more.", "Pages of 0.5 seconds"),
        ("", ""),
    ],
)
def test_a_summary_is_the_first_sentence(text, sentence):
    assert first_sentence(text) == sentence


def test_the_page_loads_only_files_of_our_own_under_the_strict_policy(client, charlie):
    client.force_login(charlie)
    answer = client.get("/api/docs/")
    page = answer.content.decode()
    assert 'data-schema="/api/schema/"' in page
    assert "/static/vendor/swagger-ui/swagger-ui-bundle.js" in page
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_settings_lead_to_the_page(client, charlie):
    client.force_login(charlie)
    assert 'href="/api/docs/"' in client.get("/accounts/settings/").content.decode()


@pytest.mark.django_db
def test_every_list_that_can_be_ordered_refuses_an_order_that_it_does_not_have(operations, alice):
    program = as_person(alice)
    orderly = [
        name.split()[1]
        for name, operation in operations.items()
        if any(parameter["name"] == "ordering" for parameter in operation.get("parameters", ()))
    ]
    assert {"/api/datasets/", "/api/releases/"} <= set(orderly)
    for address in orderly:
        for wrong in ("foo", "-foo", "name,foo", "--name", "name__x"):
            answer = program.get(address, {"ordering": wrong})
            assert (answer.status_code, list(answer.json())) == (400, ["ordering"]), (address, wrong)
            assert "Known are name, created_at;" in answer.json()["ordering"][0]
        for right in ("", "name", "-created_at", "-name, created_at", "name,"):
            assert program.get(address, {"ordering": right}).status_code == 200, (address, right)
