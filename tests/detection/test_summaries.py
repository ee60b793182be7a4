from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from detection.periods import Period
from detection.stats import Tally
from detection.summaries import ReleaseChange, camera_summaries, clip_tallies, one_sided_releases, release_changes
from detection.views.overview import chart_points
from releases.models import ModelRelease
from tests.detection.makers import make_analysis, make_camera, make_clip, make_release, say

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)
WEEK = Period(first=date(2026, 7, 1), last=date(2026, 7, 7))


def days_of(camera, period=WEEK, now=NOW):
    (summary,) = camera_summaries([camera], period, now)
    return {day.date: day for day in summary.days}


def test_a_passage_is_counted_on_its_local_day():
    # 22:30 in UTC on 1 July is half past midnight on 2 July in Berlin
    berlin, london = make_camera("b", "Europe/Berlin"), make_camera("l", "UTC")
    for camera in (berlin, london):
        make_analysis(make_clip(camera, filmed_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC)), "with_mask")
    assert days_of(berlin)[date(2026, 7, 2)].tally == Tally(with_mask=1)
    assert days_of(berlin)[date(2026, 7, 1)].tally == Tally()
    assert days_of(london)[date(2026, 7, 1)].tally == Tally(with_mask=1)


def test_a_clip_over_midnight_is_parted_by_the_begin_of_its_passages():
    camera = make_camera("b", "Europe/Berlin")
    clip = make_clip(camera, filmed_at=datetime(2026, 7, 1, 21, 59, 30, tzinfo=UTC), seconds=60)
    make_analysis(clip, "with_mask", "without_mask", "unknown", begins=[29.9, 30.0, 45])
    days = days_of(camera)
    assert days[date(2026, 7, 1)].tally == Tally(with_mask=1)
    assert days[date(2026, 7, 2)].tally == Tally(without_mask=1, unknown=1)
    assert days[date(2026, 7, 1)].covered == days[date(2026, 7, 2)].covered == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("filmed_at", "day"),
    [
        # 29 March 2026: Berlin goes from UTC+1 to UTC+2 at 01:00 UTC; the day is 23:00 to 22:00 UTC
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 58, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        # 25 October 2026: back to UTC+1 at 01:00 UTC; the day is 22:00 to 23:00 UTC
        (datetime(2026, 10, 24, 21, 58, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 58, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_days_of_23_and_25_hours_end_where_the_clock_says(filmed_at, day):
    camera = make_camera("b", "Europe/Berlin")
    make_analysis(make_clip(camera, filmed_at=filmed_at, seconds=60), "with_mask")
    period = Period(first=day - timedelta(days=2), last=day + timedelta(days=2))
    assert {at for at, found in days_of(camera, period).items() if found.tally.passages} == {day}


def test_only_the_analysis_that_counts_is_counted():
    camera = make_camera()
    clip = make_clip(camera)
    make_analysis(clip, "without_mask", "without_mask")
    make_analysis(clip, "with_mask")
    make_analysis(make_clip(camera), "unknown", state="failed")
    day = days_of(camera)[date(2026, 7, 1)]
    assert day.tally == Tally(with_mask=1)
    assert day.covered == timedelta(seconds=60)


def test_what_a_person_said_last_overrides_the_network():
    camera = make_camera()
    analysis = make_analysis(make_clip(camera), "without_mask", "without_mask")
    first = analysis.passages.get(number=1)
    say(first, "with_mask", at=datetime(2026, 7, 9, tzinfo=UTC))
    say(first, "worn_incorrectly", at=datetime(2026, 7, 8, tzinfo=UTC))
    assert days_of(camera)[date(2026, 7, 1)].tally == Tally(with_mask=1, without_mask=1)


def test_a_day_without_a_clip_is_a_gap_and_one_without_passages_is_not():
    camera = make_camera()
    make_analysis(make_clip(camera))
    days = days_of(camera)
    assert days[date(2026, 7, 1)].is_seen
    assert not days[date(2026, 7, 2)].is_seen
    assert len(days) == 7


def test_a_clip_outside_the_period_is_left_out_and_one_reaching_in_is_cut():
    camera = make_camera()
    make_analysis(make_clip(camera, filmed_at=datetime(2026, 6, 30, 12, tzinfo=UTC)), "with_mask")
    make_analysis(make_clip(camera, filmed_at=datetime(2026, 7, 8, 0, tzinfo=UTC)), "with_mask")
    reaching = make_clip(camera, filmed_at=datetime(2026, 6, 30, 23, 59, tzinfo=UTC), seconds=180)
    make_analysis(reaching, "without_mask", "unknown", begins=[10, 70])
    (summary,) = camera_summaries([camera], WEEK, NOW)
    assert summary.tally == Tally(unknown=1)
    assert summary.covered == timedelta(seconds=120)


def test_a_corrected_clock_moves_everything():
    camera = make_camera()
    clip = make_clip(camera)
    make_analysis(clip, "with_mask")
    clip.filmed_at += timedelta(days=2)
    clip.save()
    assert [at for at, day in days_of(camera).items() if day.tally.passages] == [date(2026, 7, 3)]


def test_three_queries_however_many_clips(django_assert_num_queries):
    cameras = [make_camera("a", "Asia/Tokyo"), make_camera("b", "Europe/Berlin")]
    for camera in cameras:
        for minute in range(0, 60, 20):
            at = datetime(2026, 7, 1, 21, minute, tzinfo=UTC)
            make_analysis(make_clip(camera, filmed_at=at), "with_mask")
        make_analysis(make_clip(camera, filmed_at=datetime(2026, 7, 2, 21, 59, 30, tzinfo=UTC)), "with_mask")
    with django_assert_num_queries(3):
        summaries = camera_summaries(cameras, WEEK, NOW)
    assert [summary.tally.with_mask for summary in summaries] == [4, 4]


def test_no_camera_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert camera_summaries([], WEEK, NOW) == []


def test_tallies_by_clip():
    camera = make_camera()
    clips = [make_clip(camera), make_clip(camera), make_clip(camera)]
    make_analysis(clips[0], "with_mask", "with_mask", "unknown")
    make_analysis(clips[1])
    assert clip_tallies(clip.pk for clip in clips) == {clips[0].pk: Tally(with_mask=2, unknown=1)}


def test_releases_that_know_only_one_side_are_named_where_they_judged():
    camera, period = make_camera("gate"), Period(first=date(2026, 7, 1), last=date(2026, 7, 1))
    make_analysis(make_clip(camera, filmed_at=datetime(2026, 7, 1, 9, tzinfo=UTC)), "unknown")
    assert one_sided_releases(camera, period, NOW) == []
    release = make_release()
    release.classes = ["with_mask", "worn_incorrectly"]
    release.save()
    assert one_sided_releases(camera, period, NOW) == ["slim"]
    assert one_sided_releases(make_camera("other"), period, NOW) == []
    assert one_sided_releases(camera, Period(first=date(2026, 7, 2), last=date(2026, 7, 7)), NOW) == []


def test_the_page_of_a_camera_says_why_there_is_no_rate(client, alice):
    camera = make_camera("gate")
    make_analysis(make_clip(camera, filmed_at=datetime(2026, 7, 1, 9, tzinfo=UTC)), "unknown")
    client.force_login(alice)
    address = f"/cameras/{camera.pk}/?from=2026-07-01&to=2026-07-01"
    assert "cannot yield a compliance rate" not in client.get(address).content.decode()
    ModelRelease.objects.update(classes=["with_mask"])
    assert "judged by slim, which does not know both" in client.get(address).content.decode()


def test_every_change_of_release_is_told_with_its_local_day():
    berlin = ZoneInfo("Europe/Berlin")
    # 22:30 in UTC on 1 July is half past midnight on 2 July in Berlin
    early, noon, late = (datetime(2026, 7, 1, hour, 30, tzinfo=UTC) for hour in (6, 12, 22))
    first, second = date(2026, 7, 1), date(2026, 7, 2)
    assert release_changes([(early, "a"), (noon, "a"), (late, "b")], berlin) == [ReleaseChange(second, "b", "a")]
    assert release_changes([(early, "a"), (noon, "b"), (late, "b")], berlin) == [ReleaseChange(first, "b", "a")]
    assert release_changes([(early, "a"), (early, "b"), (noon, "a"), (late, "a")], berlin) == [
        ReleaseChange(first, "b", "a"),
        ReleaseChange(first, "a", "b"),
    ]
    assert release_changes([(early, "a")], berlin) == release_changes([], berlin) == []


def judged_by(camera, *clips):
    """One counted analysis for each (filmed at, name of its release)."""
    for filmed_at, name in clips:
        analysis = make_analysis(make_clip(camera, filmed_at=filmed_at), "with_mask")
        analysis.release, _ = ModelRelease.objects.get_or_create(
            name=name,
            defaults={"network": "yolov3-slim", "net_size": 416, "classes": [], "sha256": name * 64, "folder": name},
        )
        analysis.save()


def test_a_change_within_the_first_judged_day_is_on_the_chart_and_in_words(client, alice):
    camera = make_camera("gate")
    first = datetime(2026, 7, 1, 9, tzinfo=UTC)
    judged_by(camera, (first, "a"), (first + timedelta(hours=1), "a"), (first + timedelta(hours=2), "b"))
    client.force_login(alice)
    response = client.get(f"/cameras/{camera.pk}/?from=2026-07-01&to=2026-07-02")
    (points,) = response.context["charts"].values()
    assert [point["release"] for point in points] == ["b", None]
    assert "b instead of a" in response.content.decode()


def test_a_release_put_back_on_the_same_day_is_two_changes():
    camera = make_camera("gate")
    first = datetime(2026, 7, 1, 9, tzinfo=UTC)
    judged_by(camera, (first, "a"), (first + timedelta(hours=2), "a"), (first + timedelta(hours=1), "b"))
    (summary,) = camera_summaries([camera], WEEK, NOW)
    day = date(2026, 7, 1)
    assert summary.changes == (ReleaseChange(day, "b", "a"), ReleaseChange(day, "a", "b"))
    assert chart_points(summary)[0]["release"] == "a"


def test_a_camera_tells_which_release_its_counted_analyses_are_of():
    camera = make_camera("b", "Europe/Berlin")
    other = ModelRelease.objects.create(
        name="newer", network="yolov3-slim", net_size=416, classes=["with_mask"], sha256="1" * 64, folder="newer"
    )
    # 22:30 in UTC on 1 July is 2 July in Berlin; on 30 June the period has not begun
    for filmed_at, release in (
        (datetime(2026, 6, 30, 12, tzinfo=UTC), other),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), other),
    ):
        analysis = make_analysis(make_clip(camera, filmed_at=filmed_at), "with_mask")
        if release is not None:
            analysis.release = release
            analysis.save()
    (summary,) = camera_summaries([camera], WEEK, NOW)
    assert summary.changes == (ReleaseChange(date(2026, 7, 2), "newer", "slim"),)
