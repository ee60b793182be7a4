"""Detections of one face become one track."""

import numpy as np
import pytest

from detection.tracking import (
    NEVER,
    Detection,
    FaceTracker,
    FrameDetections,
    TrackingSettings,
    face_distances,
    track_faces,
)

FIVE = TrackingSettings(fps=5, picture=1280)


def face(time: float, left: float, top: float = 100, side: float = 40, score: float = 0.9) -> Detection:
    return Detection(time, (left, top, left + side, top + side), (score, 0.05, 0.0))


def walk(*lefts: list[float | None], fps: float = 5) -> list[FrameDetections]:
    """One list of x positions a face, None where it is not found."""
    columns = zip(*lefts, strict=True)
    return [
        FrameDetections(i / fps, tuple(face(i / fps, x, 100 + 200 * n) for n, x in enumerate(found) if x is not None))
        for i, found in enumerate(columns)
    ]


def starts(tracks) -> list[list[float]]:
    return [[one.box[0] for one in track.detections] for track in tracks]


def test_distances_worked_out_by_hand():
    first = np.array([[0, 0, 10, 10]], float)
    second = np.array([[0, 0, 10, 10], [10, 0, 20, 10], [20, 0, 30, 10], [5, 0, 15, 10], [0, 0, 5, 5]], float)
    # Equal: 0. Side by side: centres 10 apart, hull 20 x 10: 1 + 100/500. Two widths: 1 + 400/1000.
    # Half over: 1 - 50/150 + 25/(225 + 100). Half the side: larger than 1.8 times, never.
    expected = [0, 1.2, 1.4, 1 - 1 / 3 + 25 / 325, NEVER]
    assert face_distances(first, second, growth=1.8)[0] == pytest.approx(expected)


def test_boxes_without_area_have_a_distance():
    point = np.array([[5, 5, 5, 5]], float)
    assert np.isfinite(face_distances(point, point, growth=1.8)).all()
    assert face_distances(np.zeros((0, 4)), point, growth=1.8).shape == (0, 1)


def test_a_face_that_walks_two_widths_a_frame_stays_one_track():
    assert starts(track_faces(walk([0, 80, 160, 240, 320]), FIVE)) == [[0, 80, 160, 240, 320]]


def test_two_faces_that_stand_apart_are_two_tracks():
    tracks = track_faces(walk([100, 104, 108], [100, 96, 92]), FIVE)
    assert starts(tracks) == [[100, 104, 108], [100, 96, 92]]


def test_faces_that_walk_past_each_other_keep_their_tracks():
    right = [float(x) for x in range(0, 400, 50)]
    frames = [
        FrameDetections(i / 5, (face(i / 5, x, top=100), face(i / 5, 350 - x, top=130))) for i, x in enumerate(right)
    ]
    assert starts(track_faces(frames, FIVE)) == [right, [350 - x for x in right]]


def test_a_face_hidden_for_a_second_is_found_again():
    tracks = track_faces(walk([100, 110, 120, 130, None, None, None, None, 180, 190]), FIVE)
    assert len(tracks) == 1


def test_a_face_gone_for_three_seconds_is_another_passage():
    tracks = track_faces(walk([100.0] * 4 + [None] * 15 + [100.0] * 4), FIVE)
    assert [len(track.detections) for track in tracks] == [4, 4]


def test_time_without_frames_counts_as_time_unseen():
    frames = walk([100.0] * 4) + [FrameDetections(9.0 + i / 5, (face(9.0 + i / 5, 100),)) for i in range(4)]
    assert [len(track.detections) for track in track_faces(frames, FIVE)] == [4, 4]


def test_memory_is_seconds_whatever_the_rate():
    gone = [100.0] * 30 + [None] * 24 + [100.0] * 6
    assert len(track_faces(walk(gone, fps=30), TrackingSettings(fps=30, picture=1280))) == 1
    gone = [100.0] * 30 + [None] * 60 + [100.0] * 6
    assert len(track_faces(walk(gone, fps=30), TrackingSettings(fps=30, picture=1280))) == 2


def test_tracks_do_not_depend_on_the_size_of_the_picture():
    lefts = [0.0, 70, 150, 220, None, 380, 450]
    small = track_faces(walk(lefts), FIVE)
    frames = [
        FrameDetections(
            frame.time,
            tuple(face(d.time, 3 * d.box[0], 3 * d.box[1], 3 * d.side) for d in frame.detections),
        )
        for frame in walk(lefts)
    ]
    large = track_faces(frames, TrackingSettings(fps=5, picture=3840))
    assert [len(track.detections) for track in small] == [len(track.detections) for track in large]


def test_frames_without_faces_make_no_track():
    assert track_faces(walk([None, None]), FIVE) == []
    assert track_faces([], FIVE) == []


def test_the_same_detections_give_the_same_tracks_twice():
    random = np.random.default_rng(7)
    frames = [
        FrameDetections(i / 5, tuple(face(i / 5, x, y) for x, y in random.uniform(0, 600, (6, 2)))) for i in range(40)
    ]
    assert starts(track_faces(frames, FIVE)) == starts(track_faces(frames, FIVE))
    assert sum(map(len, starts(track_faces(frames, FIVE)))) == 240, "every detection is in one track"


def test_a_weak_detection_goes_on_with_a_track_and_begins_none():
    settings = TrackingSettings(fps=5, picture=1280, begins=0.5)
    scores = [0.3, 0.9, 0.3, 0.3, 0.9]
    frames = [FrameDetections(i / 5, (face(i / 5, 100, score=score),)) for i, score in enumerate(scores)]
    (track,) = track_faces(frames, settings)
    assert [one.score for one in track.detections] == [0.9, 0.3, 0.3, 0.9]


def test_a_weak_box_beside_a_face_does_not_take_its_track():
    # The face walks 40 a frame and stops; the weak box stands where it would have gone on to.
    settings = TrackingSettings(fps=5, picture=1280, begins=0.5)
    frames = [FrameDetections(i / 5, (face(i / 5, 40 * i),)) for i in range(6)]
    frames += [FrameDetections(i / 5, (face(i / 5, 200), face(i / 5, 245, score=0.2))) for i in range(6, 9)]
    (track,) = track_faces(frames, settings)
    assert [one.box[0] for one in track.detections] == [0, 40, 80, 120, 160, 200, 200, 200, 200]


def test_update_tells_which_tracks_grew():
    tracker = FaceTracker(FIVE)
    assert [track.number for track in tracker.update(0, [face(0, 100)])] == [1]
    assert [track.number for track in tracker.update(0.2, [face(0.2, 100), face(0.2, 600)])] == [1, 2]
    assert tracker.update(0.4, []) == []
