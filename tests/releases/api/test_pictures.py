"""The API of single pictures. What the model sees is told by a stand-in; test_serving.py has the real one."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from releases.api import pictures
from releases.warm import InferenceAway, PictureRefused, Seen

BOX = {"class": "with_mask", "score": 0.9, "xyxy": [1.0, 2.0, 30.0, 40.0]}


@pytest.fixture
def asked(monkeypatch):
    """What the API asked the inference process for."""
    calls = []

    def detect(content, *, score=None, draw=False):
        calls.append((content, score, draw))
        if content == b"text":
            raise PictureRefused("This is no picture.")
        if content == b"away":
            raise InferenceAway("The model is just being loaded.")
        return Seen("r", 200, 120, 8.5, [BOX], b"JPEG" if draw else b"", "bf16")

    monkeypatch.setattr(pictures, "picture_detect", detect)
    return calls


def post(client, content, **fields):
    return client.post(reverse("api-detect"), {"picture": SimpleUploadedFile("a.jpg", content), **fields})


def test_a_picture_gives_its_boxes(client, dan, asked):
    client.force_login(dan)
    answer = post(client, b"picture", score="0.25")
    frame = {"width": 200, "height": 120, "milliseconds": 8.5}
    assert answer.json() == {"release": "r", "precision": "bf16", **frame, "boxes": [BOX]}
    assert asked == [(b"picture", 0.25, False)]


def test_a_picture_comes_back_drawn_when_asked_for(client, dan, asked):
    client.force_login(dan)
    answer = post(client, b"picture", drawn="true")
    assert (answer.content, answer["Content-Type"]) == (b"JPEG", "image/jpeg")


def test_mistakes_name_their_field(client, dan, asked):
    client.force_login(dan)
    assert post(client, b"text").json() == {"picture": ["This is no picture."]}
    assert client.post(reverse("api-detect")).json().keys() == {"picture"}
    assert post(client, b"picture", score="2").json().keys() == {"score"}


def test_a_model_that_is_being_loaded_is_told_apart_from_a_mistake(client, dan, asked):
    client.force_login(dan)
    answer = post(client, b"away")
    assert (answer.status_code, answer.json()) == (503, {"detail": "The model is just being loaded."})


def test_who_may_not_see_models_may_not_use_them(client, charlie, asked):
    client.force_login(charlie)
    assert post(client, b"picture").status_code == 403
    assert asked == []
