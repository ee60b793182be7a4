"""The one command, as people use it."""

import contextlib
import http.client
import signal
import time

import cv2
import numpy as np
import psutil
import pytest

from releases.warm import InferenceAway, picture_detect
from tests.jobs.site import EVERY_LINE_ONCE, Site, still_alive, wait_for

pytestmark = pytest.mark.slow


def test_the_first_start_prints_the_address_and_a_password_once(site):
    printed = site.printed()
    assert f"http://127.0.0.1:{site.port}/" in printed
    assert printed.count("with the password") == 1
    assert site.answers()


def test_a_second_server_on_the_same_data_folder_is_refused_with_a_sentence(site):
    second = site.manage("up", "--port", "0")
    assert second.returncode == 1
    assert "already runs on the data folder" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_refused_with_a_sentence(site, tmp_path):
    other = Site(tmp_path)
    other.env["MASKWEB_DATA_DIR"] = str(tmp_path)
    refused = other.manage("up", "--port", str(site.port))
    assert refused.returncode == 1
    assert f"Cannot serve on 127.0.0.1:{site.port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_upload_waits_beside_the_media_and_one_too_large_is_not_even_read(site):
    assert site.web().environ()["TMPDIR"] == str(site.data_dir / "media" / "incoming")
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
    client.putrequest("POST", "/clips/add/")
    client.putheader("Content-Length", str(2**50))
    client.endheaders()
    assert client.getresponse().status == 413


def test_the_active_model_is_kept_warm_beside_the_pages(site, settings):
    settings.DATA_DIR = site.data_dir
    picture = cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tobytes()

    def answer():
        with contextlib.suppress(InferenceAway):
            return picture_detect(picture)

    seen = wait_for("the warm process", answer, seconds=30)
    assert (seen.width, seen.height, seen.boxes) == (64, 64, [])
    assert "openvino" not in "".join(each.path for each in site.web().memory_maps())


def test_a_killed_web_server_is_started_again(site):
    killed = site.web()
    killed.kill()
    killed.wait(3)
    wait_for("pages again", site.answers, seconds=20)
    assert site.web().pid != killed.pid


def test_a_stuck_job_is_cancelled_within_two_seconds_with_its_children(site):
    pk = site.enqueue("tests.stuck", 1)
    row = site.wait_for_job(pk, message="stuck")
    leader = psutil.Process(row["process_group"])
    family = [leader, *leader.children(recursive=True)]
    assert len(family) == 2
    site.sql("UPDATE jobs_job SET cancel_requested_at = CURRENT_TIMESTAMP WHERE id = ?", pk)
    began = time.monotonic()
    site.wait_for_job(pk, state="cancelled", seconds=5)
    assert time.monotonic() - began < 2
    assert still_alive(family, seconds=5) == []


def test_stopping_leaves_no_process_and_the_next_start_goes_on_with_what_was_running(site):
    stuck = site.enqueue("tests.stuck", 1)
    site.wait_for_job(stuck, message="stuck")
    going = site.enqueue("tests.pair", 800)
    site.wait_for_job(going, message="between 1")
    members = site.members()
    began = time.monotonic()
    site.stop(signal.SIGINT)
    assert time.monotonic() - began < 8
    assert site.process.returncode == 0
    assert still_alive(members, seconds=5) == []
    assert site.members() == []
    for pk in (stuck, going):
        row = site.job(pk)
        assert (row["state"], row["attempt"], row["crashes"], row["process_group"]) == ("queued", 2, 0, None)
    site.sql("UPDATE jobs_job SET state = 'cancelled', finished_at = CURRENT_TIMESTAMP WHERE id = ?", stuck)
    site.start()
    site.wait_for_job(going, state="succeeded")
    assert site.lines(800) == EVERY_LINE_ONCE


@pytest.mark.parametrize("port", ["0", "99999"])
def test_a_number_that_is_no_port_is_refused_with_a_sentence(tmp_path, port):
    site = Site(tmp_path)
    refused = site.manage("up", "--port", port)
    assert refused.returncode == 1
    assert "A port is a number from 1 to 65535" in refused.stderr
    assert "Traceback" not in refused.stderr
