"""`manage.py fetch_weights`, and runs that start from what it got."""

import hashlib
import io
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from tests.training.makers import make_version
from tests.yolo.darknet.random_networks import random_arrays
from training.models import StartWeights
from training.services import run_create
from yolo.config import YOLOV3_TINY
from yolo.darknet_weights import write_weights
from yolo.downloads import WEIGHT_FILES, WeightFile

FIRST_LAYER = 20 + 4 * 16 * (3 * 9 + 4)  # bytes: header and the first convolution of YOLOv3-tiny, 16 filters of 3x3x3


@pytest.fixture
def start_file(tmp_path):
    whole = tmp_path / "whole.weights"
    write_weights(whole, random_arrays(YOLOV3_TINY), YOLOV3_TINY, classes=1)
    path = tmp_path / "yolov3-tiny.weights"
    with whole.open("rb") as file:
        path.write_bytes(file.read(FIRST_LAYER))
    whole.unlink()
    return path


def fetch_weights(*arguments, **options):
    out = io.StringIO()
    call_command("fetch_weights", *map(str, arguments), json=True, stdout=out, stderr=io.StringIO(), **options)
    return json.loads(out.getvalue())


def test_a_file_that_is_here_is_kept_under_its_hash(db, start_file):
    said = fetch_weights(start_file)
    digest = hashlib.sha256(start_file.read_bytes()).hexdigest()
    assert said == {
        "name": "yolov3-tiny",
        "network": "yolov3-tiny",
        "sha256": digest,
        "bytes": FIRST_LAYER,
        "layers": 1,
    }
    assert StartWeights.objects.get().path.read_bytes() == start_file.read_bytes()


def test_the_same_file_twice_is_one(db, start_file):
    assert fetch_weights(start_file) == fetch_weights(start_file, name="other")
    assert StartWeights.objects.count() == 1


def test_a_published_file_is_downloaded_and_its_address_kept(db, start_file, monkeypatch):
    handler = partial(SimpleHTTPRequestHandler, directory=start_file.parent)
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *arguments: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{start_file.name}"
        files = {"yolov3-tiny": WeightFile("yolov3-tiny", url, FIRST_LAYER)}
        monkeypatch.setattr("training.management.commands.fetch_weights.WEIGHT_FILES", files)
        said = fetch_weights("yolov3-tiny")
        server.shutdown()
    row = StartWeights.objects.get()
    assert (row.name, row.source, row.size) == ("yolov3-tiny", url, FIRST_LAYER)
    assert said["sha256"] == hashlib.sha256(start_file.read_bytes()).hexdigest()
    assert [path.name for path in row.path.parent.iterdir()] == [row.path.name]


def test_what_is_no_such_file_is_told(db, tmp_path):
    with pytest.raises(CommandError, match=r"There is no file .*nothing\. By name there are: yolov3,"):
        fetch_weights(tmp_path / "nothing")
    other = tmp_path / "other.weights"
    other.write_bytes(b"\0" * 100)  # version 0.0.0, so a header of 16 bytes, and 84 / 4 numbers
    with pytest.raises(CommandError, match=r"other\.weights holds 21 numbers"):
        fetch_weights(other)
    assert not StartWeights.objects.exists()


def test_every_published_file_is_of_a_known_network():
    assert {each.network for each in WEIGHT_FILES.values()} <= {"yolov3", "yolov3-tiny"}


def test_a_run_starts_from_weights_of_its_own_network_only(db, start_file, dan):
    fetch_weights(start_file)
    weights, version = StartWeights.objects.get(), make_version()
    usual = {"version": version, "net_size": 288, "epochs": 1, "batch": 1, "start_weights": weights, "by": dan}
    assert run_create(network="yolov3-tiny", **usual).start_weights == weights
    with pytest.raises(ValidationError) as raised:
        run_create(network="yolov3", **usual)
    assert raised.value.message_dict == {"start_weights": ["These weights are those of another network."]}


def test_training_with_the_path_of_a_file_says_whether_there_is_one(db, tmp_path):
    make_version("squares")
    there = tmp_path / "own.weights"
    there.touch()
    for path, sentence in ((there, "Read this file first: .*fetch_weights"), (tmp_path / "gone", "There is no file")):
        with pytest.raises(CommandError, match=sentence):
            call_command("train", dataset="squares", dataset_version=1, network="yolov3-tiny", start_weights=str(path))


def test_training_without_the_file_says_how_to_get_it_and_what_else_there_is(db):
    make_version("squares")
    with pytest.raises(CommandError, match=r"fetch_weights yolov3-tiny.*start from a release with --start-release"):
        call_command("train", dataset="squares", dataset_version=1, network="yolov3-tiny", start_weights="yolov3-tiny")
