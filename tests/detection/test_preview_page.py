"""The page of a preview: rates by camera, now and with another release."""

import pytest
from django.urls import reverse
from django.utils import timezone

from detection.models import Analysis, Clip, PreviewClip, ReleasePreview
from detection.preview_page import preview_page
from detection.stats import Tally
from releases.services import release_kept_by
from tests.detection.makers import make_analysis, make_camera, make_clip, make_job, make_release

pytestmark = pytest.mark.django_db

CHANGED = {"begins": 1.0, "before": "with_mask", "after": "without_mask", "before_number": 1, "after_number": 3}
LOST = {"begins": 2.0, "before": "unknown", "after": None, "before_number": 2, "after_number": None}


@pytest.fixture
def preview(db) -> ReleasePreview:
    return ReleasePreview.objects.create(release=make_release(), finished_at=timezone.now())


def add_clip(preview, camera, before: dict, after: dict, differences=()) -> PreviewClip:
    clip = make_clip(camera)
    counted = make_analysis(clip, "with_mask", "unknown")
    trial = Analysis.objects.create(clip=clip, release=preview.release, is_trial=True, finished_at=timezone.now())
    return PreviewClip.objects.create(
        preview=preview,
        clip=clip,
        before=counted,
        after=trial,
        judged_at=timezone.now(),
        tally_before=before,
        tally_after=after,
        differences=list(differences),
    )


def test_clips_of_a_camera_are_summed_and_cameras_stand_by_name(preview, alice):
    gate, dock = make_camera("gate"), make_camera("dock")
    add_clip(preview, gate, {"with_mask": 4}, {"with_mask": 3, "unknown": 1})
    add_clip(preview, gate, {"with_mask": 2, "without_mask": 2}, {"with_mask": 1, "without_mask": 4}, [CHANGED])
    add_clip(preview, dock, {"with_mask": 2}, {"with_mask": 2})
    first, second = preview_page(preview, alice).cameras
    assert (first.camera, second.camera) == (dock, gate)
    assert first.shift.change is None  # two faces are too few
    assert second.shift.before == Tally(with_mask=6, without_mask=2)
    assert second.shift.after == Tally(with_mask=4, without_mask=4, unknown=1)
    assert second.shift.change == pytest.approx(4 / 8 - 6 / 8)
    assert not second.shift.is_clear  # of eight faces each
    assert [one.difference.after for one in second.differing] == ["without_mask"]
    assert preview_page(preview, alice).total.before == Tally(with_mask=8, without_mask=2)


def test_a_change_of_many_faces_is_clear(preview, alice):
    add_clip(preview, make_camera(), {"with_mask": 900, "without_mask": 100}, {"with_mask": 700, "without_mask": 300})
    (row,) = preview_page(preview, alice).cameras
    assert row.shift.change == pytest.approx(-0.2)
    assert row.shift.is_clear


def test_the_page_shows_rates_and_leads_to_the_passages(client, alice, preview):
    row = add_clip(preview, make_camera(), {"with_mask": 9, "without_mask": 1}, {"with_mask": 7}, [CHANGED, LOST])
    client.force_login(alice)
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "90%" in page
    assert "+10" in page
    clip = reverse("detection:clip", args=[row.clip_id])
    assert f'href="{clip}?analysis={row.before_id}#passage-1"' in page
    assert f'href="{clip}?analysis={row.after_id}#passage-3"' in page
    assert "no longer seen" in page


def test_who_decides_sees_the_rates_of_all_cameras_but_no_way_to_their_clips(client, dan, preview):
    row = add_clip(preview, make_camera("vault"), {"with_mask": 10}, {"with_mask": 10}, [CHANGED])
    client.force_login(dan)
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "vault" in page
    assert reverse("detection:clip", args=[row.clip_id]) not in page


def test_who_may_see_neither_camera_nor_decide_sees_nothing_of_it(client, carol, preview):
    add_clip(preview, make_camera("vault"), {"with_mask": 10}, {"with_mask": 10})
    client.force_login(carol)
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "vault" not in page
    assert "cameras that you may not see" in page


def under_way(preview, state="running"):
    """The preview with a job, before its first clip is judged."""
    row = add_clip(preview, make_camera("gate"), {}, {})
    PreviewClip.objects.update(judged_at=None)
    preview.job, preview.finished_at = make_job(row.after, state, kind="detection.release_preview"), None
    preview.save()
    return preview.job


def test_before_the_first_clip_is_judged_nothing_is_called_too_few(client, dan, preview):
    under_way(preview)
    client.force_login(dan)
    page = " ".join(client.get(reverse("detection:preview", args=[preview.pk])).content.decode().split())
    assert "0 of 1" in page
    assert "too few" not in page
    PreviewClip.objects.update(judged_at=timezone.now())
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "too few" in page
    assert "fewer than 5 faces" in page


def test_a_preview_is_stopped_and_goes_on_from_its_page(client, dan, preview):
    job = under_way(preview)
    client.force_login(dan)
    page = client.post(reverse("detection:preview_stop", args=[preview.pk]), follow=True).content.decode()
    job.refresh_from_db()
    assert job.cancel_requested_at is not None
    type(job).objects.update(state="cancelled", finished_at=timezone.now())
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "did not come to its end" in page
    assert "It stands still until somebody presses Go on" in page
    client.post(reverse("detection:preview_go_on", args=[preview.pk]))
    job.refresh_from_db()
    assert job.state == "queued"
    page = client.post(reverse("detection:preview_go_on", args=[preview.pk]), follow=True).content.decode()
    assert "Only a cancelled or failed job can be resumed." in page


def test_a_preview_whose_clips_are_all_deleted_says_so(client, dan, preview):
    add_clip(preview, make_camera("gate"), {"with_mask": 9}, {"with_mask": 9})
    Clip.objects.all().delete()
    client.force_login(dan)
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "have been deleted" in page


def test_a_preview_of_a_model_without_the_classes_of_compliance_warns(client, dan, preview):
    type(preview.release).objects.update(classes=["with_mask"])
    client.force_login(dan)
    page = client.get(reverse("detection:preview", args=[preview.pk])).content.decode()
    assert "cannot yield a compliance rate" in page


def test_the_page_takes_the_same_queries_for_many_clips(client, alice, preview, django_assert_max_num_queries):
    camera = make_camera()
    add_clip(preview, camera, {"with_mask": 1}, {"with_mask": 1}, [CHANGED])
    client.force_login(alice)
    address = reverse("detection:preview", args=[preview.pk])
    with django_assert_max_num_queries(12) as few:
        client.get(address)
    for number in range(4):
        add_clip(preview, make_camera(f"dock {number}"), {"with_mask": 1}, {"with_mask": 1}, [CHANGED, LOST])
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_a_preview_is_asked_for_and_deleted_on_pages(client, dan):
    release = make_release()
    analysis = make_analysis(make_clip(make_camera()), "with_mask")
    candidate = type(release).objects.create(
        name="candidate", network="yolov3-slim", net_size=416, classes=["with_mask"], sha256="1" * 64, folder="c"
    )
    client.force_login(dan)
    refused = client.post(reverse("detection:preview_add", args=[candidate.pk]), {"clips_per_camera": "0"}, follow=True)
    assert "between 1 and 50" in refused.content.decode()
    nothing = client.post(reverse("detection:preview_add", args=[release.pk]), {"clips_per_camera": "3"}, follow=True)
    assert "nothing to compare" in nothing.content.decode()
    page = client.post(reverse("detection:preview_add", args=[candidate.pk]), {"clips_per_camera": "3"}, follow=True)
    preview = ReleasePreview.objects.get()
    assert preview.clips.get().before == analysis
    assert f'data-awaited-job="{preview.job_id}"' in page.content.decode()
    assert "not finished" in client.get(reverse("releases:release", args=[candidate.pk])).content.decode()
    client.post(reverse("detection:preview_delete", args=[preview.pk]))
    assert not ReleasePreview.objects.exists()
    preview.job.refresh_from_db()
    assert preview.job.state == "cancelled"


def test_a_trial_is_not_what_the_pages_of_the_clip_open_with(client, bob, preview):
    row = add_clip(preview, make_camera(), {"with_mask": 1}, {})
    client.force_login(bob)
    page = client.get(reverse("detection:clip", args=[row.clip_id]))
    assert page.context["page"].analysis == row.before
    assert "for a preview" in page.content.decode()
    queued = make_job(Analysis.objects.create(clip=row.clip, release=preview.release, is_trial=True), "queued")
    assert queued.state == "queued"
    (listed,) = client.get(reverse("detection:clips")).context["rows"]
    assert listed.analysis == row.before


def test_why_a_release_is_kept_mentions_previews_only_where_their_analyses_may_keep_it(preview):
    add_clip(preview, make_camera(), {"with_mask": 1}, {"with_mask": 1})
    hint, release = "The analyses of a preview go with the preview.", preview.release
    # one analysis that counts and one on trial
    assert release_kept_by(release) == f"slim is still pointed at: 2 analyses. {hint}"
    release.is_active = True
    assert release_kept_by(release) == "slim is active: make another release active first."
    release.is_active = False
    preview.delete()
    assert hint not in release_kept_by(release)
