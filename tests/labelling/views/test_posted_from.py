"""The address of a form that was refused can be opened again: it leads to the page of the form."""

import pytest
from django.urls import reverse

from tests.detection.makers import make_camera

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("posted_to", "page"),
    [
        ("import_add", "dataset"),
        ("version_add", "dataset"),
        ("class_rename", "dataset"),
        ("class_merge", "dataset"),
        ("anchors_choose", "anchors"),
        ("images_do", "images"),
    ],
)
def test_a_refused_form_of_a_dataset_is_found_again(client, masks, alice, posted_to, page):
    client.force_login(alice)
    address = reverse(f"labelling:{posted_to}", args=[masks.pk])
    assert client.get(f"{address}?split=train").url == reverse(f"labelling:{page}", args=[masks.pk]) + "?split=train"
    assert client.head(address).status_code == 302
    assert client.put(address).status_code == 405


@pytest.mark.parametrize("posted_to", ["pictures_add", "import_go"])
def test_a_refused_form_of_an_import_is_found_again(client, masks, alice, posted_to):
    client.force_login(alice)
    row = masks.imports.get()
    answer = client.get(reverse(f"labelling:{posted_to}", args=[row.pk]))
    assert answer.url == reverse("labelling:import", args=[row.pk])


def test_a_reloaded_page_with_a_new_token_shows_the_camera_and_makes_no_other_token(client, alice):
    camera = make_camera()
    client.force_login(alice)
    before = camera.token_digest
    assert client.get(reverse("detection:camera_token", args=[camera.pk])).url == reverse(
        "detection:camera", args=[camera.pk]
    )
    camera.refresh_from_db()
    assert camera.token_digest == before
    assert client.get(reverse("detection:clip_add")).url == reverse("detection:clips")
