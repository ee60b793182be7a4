"""Frames of a clip by presentation time, and files that are no clips."""

import struct
import wave
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from detection.frames import ClipError, frames, picture_at, probe

TEN_A_SECOND = [i / 10 for i in range(20)]


def times_of(path: Path, **options) -> list[float]:
    return [round(frame.time, 3) for frame in frames(path, **options)]


def test_a_rate_below_the_clips_takes_the_first_frame_of_each_slot(video):
    # Slots of 1/4 s: the first frames at or after 0, .25, .5, .75 of a clip at 10 a second.
    assert times_of(video(TEN_A_SECOND), fps=4) == [0, 0.3, 0.5, 0.8, 1.0, 1.3, 1.5, 1.8]


def test_a_rate_above_the_clips_takes_every_frame_once(video):
    assert times_of(video([0, 0.4, 0.8, 1.2]), fps=30) == [0, 0.4, 0.8, 1.2]


def test_presentation_times_count_where_the_rate_varies(video):
    # Ten frames at once, a pause, two frames: by frame number the rate would be wrong.
    times = [i / 20 for i in range(10)] + [2.0, 3.0]
    assert times_of(video(times), fps=2) == [0, 2.0, 3.0]


def test_frames_carry_their_own_picture(video):
    for frame in frames(video(TEN_A_SECOND), fps=5):
        number = round(frame.time * 10)
        assert abs(int(frame.image[40, 50].mean()) - 4 * number) <= 3


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi", "clip.ts"])
def test_going_on_after_a_frame_gives_the_frames_of_an_undisturbed_reading(video, name):
    path = video([i / 25 for i in range(60)], name)
    every = times_of(path, fps=5)
    assert len(every) in {12, 13}, "2.4 s; AVI begins one frame late"
    for stop in range(len(every)):
        resumed = [frame.time for frame in frames(path, fps=5)][stop]
        assert times_of(path, fps=5, after=resumed) == every[stop + 1 :]


def test_times_count_from_the_start_of_the_clip_not_from_its_first_stamp(video):
    late = [7.0 + i / 10 for i in range(5)]
    assert times_of(video(late, "late.ts"), fps=10) == [0, 0.1, 0.2, 0.3, 0.4]


def test_a_stream_without_times_gets_them_from_its_rate(video):
    path = video([i / 25 for i in range(25)], "raw.h264")
    found = times_of(path, fps=5)
    assert found[0] == 0
    assert np.allclose(np.diff(found), 0.2, atol=0.05)


def test_disordered_times_do_not_stretch_the_clip(video):
    # FFmpeg gives the pictures of an AVI with B-frames times like 8, 10, 9, 12, 11.
    found = times_of(video([i / 25 for i in range(60)], "clip.avi"), fps=25)
    assert found == sorted(found)
    assert found[-1] == pytest.approx(60 / 25, abs=0.1)


def test_a_clock_set_back_within_a_clip_does_not_lose_what_follows(video):
    part = video([i / 25 for i in range(75)], "part.ts").read_bytes()
    path = video([0], "joined.ts")
    path.write_bytes(part + part)
    found = times_of(path, fps=5)
    assert found == sorted(found)
    assert found[-1] == pytest.approx(6, abs=0.3)


def test_a_turned_clip_comes_upright(video):
    path = video([0, 0.1], size=(64, 48))
    data = path.read_bytes()
    upright = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    clockwise = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    at = data.index(b"tkhd")
    path.write_bytes(data[:at] + data[at:].replace(upright, clockwise, 1))
    facts = probe(path)
    assert (facts.width, facts.height) == (48, 64)
    image = next(frames(path, fps=10)).image
    assert image.shape == (64, 48, 3)
    assert image[5, 42].min() > 200, "the upper left corner of the file is the upper right of the picture"
    assert image[5, 5].max() < 50


def test_large_pictures_are_shrunk_and_small_ones_left_alone(video):
    path = video([0], size=(320, 180))
    assert next(frames(path, fps=5, largest=160)).image.shape == (90, 160, 3)
    assert next(frames(path, fps=5, largest=640)).image.shape == (180, 320, 3)


def test_probe_tells_what_the_file_holds(video):
    facts = probe(video(TEN_A_SECOND))
    assert (facts.width, facts.height, facts.codec, facts.content_type) == (64, 48, "h264", "video/mp4")
    assert facts.duration == pytest.approx(2.0, abs=0.1)
    assert facts.frames == 20
    assert facts.judged_frames(5) == 10
    assert facts.judged_frames(100) == 20


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [
        ("clip.mp4", "libx264", "video/mp4"),
        ("clip.webm", "libvpx-vp9", "video/webm"),
        ("clip.mkv", "libx264", "video/x-matroska"),
        ("clip.ts", "libx264", "video/mp2t"),
        ("clip.avi", "libx264", "video/x-msvideo"),
        ("clip.h264", "libx264", "application/octet-stream"),
    ],
)
def test_the_content_decides_the_type_that_browsers_are_told(video, name, codec, kind):
    path = video([i / 25 for i in range(50)], name, codec=codec)
    assert probe(path.rename(path.with_suffix(".bin"))).content_type == kind


def test_a_length_that_the_file_does_not_say_is_measured(video):
    facts = probe(video([i / 25 for i in range(50)], "raw.h264"))
    assert facts.duration == pytest.approx(2.0, abs=0.1)


def test_picture_at_gives_the_frame_of_that_time_and_the_last_one_behind_the_end(video):
    path = video(TEN_A_SECOND)
    assert picture_at(path, 0.95, largest=640).time == pytest.approx(1.0)
    assert picture_at(path, 99, largest=640).time == pytest.approx(1.9)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("Dear sir or madam,\n" * 200)


def picture(path: Path) -> None:
    path.write_bytes(cv2.imencode(".jpg", np.zeros((50, 60, 3), np.uint8))[1].tobytes())


def sound(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(16000))


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/hostname\n#EXT-X-ENDLIST\n")


def head_only(path: Path) -> None:
    path.write_bytes(struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom") + struct.pack(">I4s", 8, b"mdat"))


@pytest.mark.parametrize("write", [empty, text, picture, sound, playlist, head_only])
def test_what_is_no_video_is_refused_with_a_sentence(tmp_path, write):
    path = tmp_path / "clip.mp4"
    write(path)
    with pytest.raises(ClipError, match=r"^(The|This) .*\.$"):
        probe(path)


def test_a_video_without_its_pictures_is_refused(video):
    path = video(TEN_A_SECOND)
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start] + bytes(len(data) - start))
    with pytest.raises(ClipError, match="broken"):
        probe(path)
    with pytest.raises(ClipError, match="broken"):
        list(frames(path, fps=5))


def test_of_a_file_cut_off_what_is_there_is_read(video):
    path = video([i / 25 for i in range(60)])
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[: start + (len(data) - start) // 2])
    assert probe(path).width == 64
    found = times_of(path, fps=25)
    assert 5 <= len(found) < 60
    assert found == [round(i / 25, 3) for i in range(len(found))]


def test_a_reading_given_up_leaves_no_file_open(video):
    path = video(TEN_A_SECOND)
    reading = frames(path, fps=5)
    next(reading)
    reading.close()
    assert str(path) not in {one.path for one in psutil.Process().open_files()}


@pytest.mark.shared
def test_real_clips_are_read_to_their_end(shared_data):
    # 139.4 s at 10 a second with odd stamps; 3.17 s whose first frame comes 10 ms late.
    found = times_of(shared_data / "clips" / "room-one-by-one.mp4", fps=5)
    assert (len(found), found[0], found[-1]) == (697, 0, 139.2)
    found = times_of(shared_data / "clips" / "street-handwash.mp4", fps=5)
    assert (len(found), found[0]) == (16, 0.01)


def test_an_mp4_that_lost_its_index_at_the_end_is_called_cut_off(tmp_path):
    path = tmp_path / "clip.mp4"
    head_only(path)
    with pytest.raises(ClipError, match="cut off"):
        probe(path)
