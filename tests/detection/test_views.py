from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from detection.models import Analysis, Camera, Clip, Verdict
from detection.services import ClipDuplicate
from detection.views import clips as clips_views
from detection.views import overview as overview_views
from tests.detection.makers import make_analysis, make_camera, make_clip, make_release, say

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def gate(db) -> Camera:
    return make_camera("gate", "Europe/Berlin")


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


class TestOverview:
    def test_an_empty_one_offers_the_sample(self, signed_in):
        page = text_of(signed_in.get("/"))
        assert reverse("detection:sample_add") in page
        assert "No clip has been judged yet" in page

    def test_an_empty_one_tells_each_only_what_they_may_do(self, client, wanda, bob, charlie):
        told = {}
        for person in (wanda, bob, charlie):
            client.force_login(person)
            told[person.username] = text_of(client.get("/"))
        assert ["Add a camera and upload" in page for page in told.values()] == [True, False, False]
        assert ["cameras adds the first one" in page for page in told.values()] == [False, True, False]
        assert ["make you a member" in page for page in told.values()] == [False, False, True]

    def test_people_without_cameras_go_to_their_first_page(self, client, carol):
        client.force_login(carol)
        assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("labelling:datasets")

    def test_it_tells_rate_and_interval_of_a_camera(self, signed_in, gate):
        today = datetime.now(UTC)
        make_analysis(make_clip(gate, filmed_at=today), *["with_mask"] * 6, *["without_mask"] * 2, "unknown")
        page = text_of(signed_in.get("/"))
        # 6 of 8; Wilson by hand: centre (0.75 + 3.8415/16) / (1 + 3.8415/8) = 0.6689, half 0.2586: 41 to 93 %
        assert "<strong>75%</strong>" in page
        assert "41–93%" in page

    def test_few_passages_are_too_few_to_say(self, signed_in, gate):
        make_analysis(make_clip(gate, filmed_at=datetime.now(UTC)), "with_mask", "with_mask")
        page = text_of(signed_in.get("/"))
        assert "Too few to say" in page
        assert "100%</strong>" not in page

    def test_the_period_comes_from_the_address(self, signed_in, gate):
        make_analysis(make_clip(gate, filmed_at=datetime(2026, 1, 5, 12, tzinfo=UTC)), *["with_mask"] * 6)
        assert "<strong>100%</strong>" not in text_of(signed_in.get("/?days=7"))
        assert "<strong>100%</strong>" in text_of(signed_in.get("/?from=2026-01-05&to=2026-01-05"))

    def test_members_see_their_cameras_only(self, client, charlie, gate):
        make_camera("secret door")
        gate.members.add(charlie)
        client.force_login(charlie)
        page = text_of(client.get("/"))
        assert "gate" in page
        assert "secret door" not in page

    def test_queries_do_not_grow_with_what_there_is(self, signed_in, gate, django_assert_max_num_queries):
        make_analysis(make_clip(gate, filmed_at=datetime.now(UTC)), "with_mask")
        for number in range(5):
            camera = make_camera(f"camera {number}")
            for state in ("succeeded", "running", "failed"):
                make_analysis(make_clip(camera, filmed_at=datetime.now(UTC)), "with_mask", state=state)
        with django_assert_max_num_queries(12):
            signed_in.get("/")

    def test_the_sample_leads_to_its_clip(self, signed_in, gate, monkeypatch):
        clip = make_clip(gate)
        monkeypatch.setattr(overview_views, "sample_clip_add", lambda *, by: clip)
        assert signed_in.post(reverse("detection:sample_add")).url == reverse("detection:clip", args=[clip.pk])


class TestCameras:
    FIELDS = {"name": "yard", "place": "north", "time_zone": "Asia/Tokyo", "frames_per_second": "2.5"}

    def test_the_list_asks_as_often_for_many_as_for_one(self, signed_in, gate, django_assert_num_queries):
        for number in range(6):
            make_analysis(make_clip(make_camera(f"c{number}"), filmed_at=datetime.now(UTC)), "with_mask")
        with django_assert_num_queries(5):  # session, person, cameras, clips, passages
            signed_in.get(reverse("detection:cameras"))

    def test_adding_one(self, signed_in, bob):
        response = signed_in.post(reverse("detection:camera_add"), {**self.FIELDS, "members": [bob.pk]})
        camera = Camera.objects.get()
        assert response.url == reverse("detection:camera", args=[camera.pk])
        assert (camera.name, camera.time_zone, camera.frames_per_second) == ("yard", "Asia/Tokyo", 2.5)
        assert list(camera.members.all()) == [bob]

    @pytest.mark.parametrize(
        ("field", "value"), [("time_zone", "Mars/Olympus"), ("name", ""), ("name", "gate"), ("frames_per_second", "0")]
    )
    def test_what_cannot_be_stands_beside_its_field(self, signed_in, gate, field, value):
        response = signed_in.post(reverse("detection:camera_add"), {**self.FIELDS, field: value})
        assert response.status_code == 400
        assert f'id="id_{field}_error"' in text_of(response)
        assert Camera.objects.count() == 1

    def test_changing_one(self, signed_in, gate):
        signed_in.post(reverse("detection:camera_settings", args=[gate.pk]), self.FIELDS)
        gate.refresh_from_db()
        assert (gate.name, gate.place) == ("yard", "north")

    def test_a_new_token_is_shown_once(self, signed_in, gate):
        response = signed_in.post(reverse("detection:camera_token", args=[gate.pk]))
        assert "mwcam_" in text_of(response)
        assert response["Cache-Control"] == "no-store"
        assert "mwcam_" not in text_of(signed_in.get(reverse("detection:camera", args=[gate.pk])))
        gate.refresh_from_db()
        assert gate.token_digest


class TestClipList:
    def test_the_page_knows_how_large_a_clip_may_be(self, signed_in, gate, settings):
        settings.MAX_CLIP_BYTES = 5 * 1024 * 1024
        page = text_of(signed_in.get(reverse("detection:clips")))
        assert 'data-most="5242880"' in page
        assert "This file is too large: 5.0 MB at most." in page

    @pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01", "until=0001-01-01"])
    def test_days_at_the_ends_of_the_calendar_do_no_harm(self, signed_in, gate, query):
        make_camera("far", time_zone="America/New_York")
        assert signed_in.get(reverse("detection:clips") + "?" + query).status_code == 200

    def test_it_asks_as_often_for_many_as_for_one(self, signed_in, gate, django_assert_num_queries):
        for state in ("succeeded", "running", "failed", "cancelled", "queued") * 3:
            make_analysis(make_clip(gate), "with_mask", "unknown", state=state)
        # session, person, cameras, count, clips, analyses with jobs, passages; the cameras of the upload form
        # (whose required select also looks at its first choice) and those of the filter
        with django_assert_num_queries(10):
            signed_in.get(reverse("detection:clips"))

    def listed(self, client, query):
        return [row.clip for row in client.get(reverse("detection:clips") + query).context["rows"]]

    def test_it_filters_by_state_and_camera(self, signed_in, gate):
        yard = make_camera("yard")
        failed, judged, other = make_clip(gate), make_clip(gate), make_clip(yard)
        make_analysis(failed, state="failed")
        make_analysis(judged)
        make_analysis(other)
        assert self.listed(signed_in, "?state=failed") == [failed]
        assert self.listed(signed_in, f"?state=succeeded&camera={yard.pk}") == [other]

    def test_a_clip_judged_again_has_the_state_of_the_newest(self, signed_in, gate):
        clip = make_clip(gate)
        make_analysis(clip)
        make_analysis(clip, state="running")
        assert self.listed(signed_in, "?state=running") == [clip]
        assert self.listed(signed_in, "?state=succeeded") == []

    def test_its_days_are_the_cameras(self, signed_in, gate):
        tokyo = make_camera("tokyo", "Asia/Tokyo")
        evening = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # 2 July in both, 00:30 and 07:30
        clips = {make_clip(gate, filmed_at=evening), make_clip(tokyo, filmed_at=evening)}
        assert set(self.listed(signed_in, "?since=2026-07-02&until=2026-07-02")) == clips
        assert self.listed(signed_in, "?until=2026-07-01") == []

    def test_it_sorts_and_pages(self, signed_in, gate):
        short, long = make_clip(gate, seconds=5), make_clip(gate, seconds=50)
        assert self.listed(signed_in, "?sort=duration") == [short, long]
        assert self.listed(signed_in, "?sort=-duration") == [long, short]
        assert len(self.listed(signed_in, "?sort=camera__members&page=99")) == 2  # nonsense is not an error
        for _ in range(25):
            make_clip(gate)
        assert len(self.listed(signed_in, "?page=2")) == 2


class TestUpload:
    @pytest.fixture
    def fields(self, gate):
        file = SimpleUploadedFile("street.mp4", b"bytes", content_type="video/mp4")
        return {"camera": gate.pk, "filmed_at": "2026-07-01T12:30:15", "file": file}

    @pytest.fixture
    def accepted(self, monkeypatch):
        taken = []

        def clip_add(**given):
            taken.append(given)
            return make_clip(given["camera"])

        monkeypatch.setattr(clips_views, "clip_add", clip_add)
        return taken

    def test_the_time_is_read_on_the_cameras_clock(self, signed_in, fields, accepted):
        response = signed_in.post(reverse("detection:clip_add"), fields, **JSON)
        assert response.status_code == 201
        assert response.json()["page"] == reverse("detection:clip", args=[Clip.objects.get().pk])
        assert accepted[0]["filmed_at"] == datetime(2026, 7, 1, 10, 30, 15, tzinfo=UTC)  # Berlin is UTC+2 then

    def test_a_plain_form_leads_to_the_clip(self, signed_in, fields, accepted):
        response = signed_in.post(reverse("detection:clip_add"), fields)
        assert response.url == reverse("detection:clip", args=[Clip.objects.get().pk])

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"filmed_at": "2026-03-29T02:30:00"}, "filmed_at"),  # left out by the change to summer time
            ({"filmed_at": "yesterday"}, "filmed_at"),
            ({"camera": 999}, "camera"),
            ({"file": SimpleUploadedFile("empty.mp4", b"")}, "file"),
            ({"file": ""}, "file"),
        ],
    )
    def test_a_mistake_is_told_beside_its_field(self, signed_in, fields, accepted, changed, field):
        response = signed_in.post(reverse("detection:clip_add"), fields | changed, **JSON)
        assert response.status_code == 400
        assert list(response.json()["errors"]) == [field]
        assert accepted == []

    def test_a_time_with_an_offset_is_taken_as_it_is(self, signed_in, fields, accepted):
        signed_in.post(reverse("detection:clip_add"), fields | {"filmed_at": "2026-07-01T12:30:15.250Z"}, **JSON)
        assert accepted[0]["filmed_at"] == datetime(2026, 7, 1, 12, 30, 15, 250_000, tzinfo=UTC)

    def test_a_clip_the_camera_has_already_is_pointed_at(self, signed_in, gate, fields, monkeypatch):
        known = make_clip(gate)

        def refuse(**given):
            raise ClipDuplicate(known)

        monkeypatch.setattr(clips_views, "clip_add", refuse)
        answer = signed_in.post(reverse("detection:clip_add"), fields, **JSON).json()
        assert list(answer["errors"]) == ["file"]
        assert answer["known"] == reverse("detection:clip", args=[known.pk])

    def test_of_an_hour_that_comes_twice_the_first_is_meant(self, signed_in, fields, accepted):
        signed_in.post(reverse("detection:clip_add"), fields | {"filmed_at": "2025-10-26T02:30"}, **JSON)
        assert accepted[0]["filmed_at"].astimezone(UTC) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)

    def test_a_file_that_is_no_video_leaves_nothing(self, signed_in, fields, settings):
        make_release().__class__.objects.update(is_active=True)
        response = signed_in.post(reverse("detection:clip_add"), fields, **JSON)
        assert response.status_code == 400
        assert len(response.json()["errors"]["file"][0]) > 20  # a sentence
        assert not Clip.objects.exists()
        assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []

    def test_a_refused_clip_comes_back_on_a_plain_page_too(self, signed_in, fields, monkeypatch):
        def refuse(**given):
            raise ValidationError({"filmed_at": ["This time lies in the future."]})

        monkeypatch.setattr(clips_views, "clip_add", refuse)
        response = signed_in.post(reverse("detection:clip_add"), fields)
        assert response.status_code == 400
        assert "This time lies in the future." in text_of(response)

    def test_a_foreign_camera_is_no_choice(self, client, bob, gate, fields, accepted):
        """A person who may upload but sees only some cameras."""
        client.force_login(bob)
        make_camera("other")
        bob.role = "viewer"
        bob.save()
        assert client.post(reverse("detection:clip_add"), fields).status_code == 403


class TestClipPage:
    def test_a_judged_clip_lists_its_passages(self, signed_in, gate, django_assert_max_num_queries):
        analysis = make_analysis(make_clip(gate), "with_mask", "without_mask", "unknown")
        for passage in analysis.passages.all():
            say(passage, "with_mask")
        with django_assert_max_num_queries(10):
            response = signed_in.get(reverse("detection:clip", args=[analysis.clip_id]))
        page = text_of(response)
        assert page.count("data-passage-row=") == 3
        assert response.context["page"].tally.with_mask == 3

    def test_the_model_that_judged_is_one_click_away_for_those_who_may_see_it(self, client, alice, charlie, gate):
        analysis = make_analysis(make_clip(gate), "with_mask")
        gate.members.add(charlie)
        model = reverse("releases:release", args=[analysis.release_id])
        for person, is_linked in ((alice, True), (charlie, False)):
            client.force_login(person)
            page = text_of(client.get(reverse("detection:clip", args=[analysis.clip_id])))
            assert str(analysis.release) in page
            assert (f'href="{model}"' in page) is is_linked

    @pytest.mark.parametrize("state", ["queued", "running"])
    def test_one_under_way_is_watched(self, signed_in, gate, state):
        analysis = make_analysis(make_clip(gate), state=state)
        page = text_of(signed_in.get(reverse("detection:clip", args=[analysis.clip_id])))
        assert f'data-job="{analysis.job_id}"' in page
        assert reverse("detection:analysis_cancel", args=[analysis.pk]) in page

    def test_a_failed_one_says_why_and_offers_to_go_on(self, signed_in, gate):
        analysis = make_analysis(make_clip(gate), state="failed")
        analysis.job.failure = "The file of this clip is gone."
        analysis.job.save()
        page = text_of(signed_in.get(reverse("detection:clip", args=[analysis.clip_id])))
        assert "The file of this clip is gone." in page
        assert reverse("detection:analysis_retry", args=[analysis.pk]) in page

    def test_an_older_analysis_stays_in_reach(self, signed_in, gate):
        clip = make_clip(gate)
        old = make_analysis(clip, "with_mask")
        make_analysis(clip, "without_mask", "without_mask")
        response = signed_in.get(reverse("detection:analysis", args=[old.pk]), follow=True)
        assert response.context["page"].analysis == old
        assert "The statistics read another analysis" in text_of(response)
        assert signed_in.get(reverse("detection:clip", args=[clip.pk]) + "?analysis=999").status_code == 404

    def test_verdicts_without_a_passage_are_listed_apart(self, signed_in, gate):
        analysis = make_analysis(make_clip(gate), "with_mask")
        Verdict.objects.create(clip=analysis.clip, verdict="without_mask", begins=3, ends=4)
        assert "Verdicts without a passage" in text_of(
            signed_in.get(reverse("detection:clip", args=[analysis.clip_id]))
        )

    def test_a_verdict_is_put_on_record_beside_the_networks(self, client, bob, gate):
        passage = make_analysis(make_clip(gate), "with_mask").passages.get()
        client.force_login(bob)
        response = client.post(reverse("detection:passage_verdict", args=[passage.pk]), {"verdict": "without_mask"})
        assert response.url.endswith(f"#passage-{passage.number}")
        said = Verdict.objects.get()
        assert (said.passage, said.verdict, said.by) == (passage, "without_mask", bob)
        passage.refresh_from_db()
        assert passage.verdict == "with_mask"

    def test_htmx_gets_the_row_and_the_counts(self, client, bob, gate):
        passage = make_analysis(make_clip(gate), "with_mask").passages.get()
        client.force_login(bob)
        url = reverse("detection:passage_verdict", args=[passage.pk])
        page = text_of(client.post(url, {"verdict": "unknown"}, headers={"HX-Request": "true"}))
        assert 'data-said="unknown"' in page
        assert 'hx-swap-oob="true"' in page
        assert "<html" not in page

    def test_a_verdict_on_an_analysis_that_counts_no_longer_leads_to_the_one_that_does(self, client, bob, gate):
        clip = make_clip(gate)
        passage = make_analysis(clip, "with_mask").passages.get()
        new = make_analysis(clip, "with_mask")
        client.force_login(bob)
        url = reverse("detection:passage_verdict", args=[passage.pk])
        answer = client.post(url, {"verdict": "unknown"}, headers={"HX-Request": "true"})
        place = reverse("detection:clip", args=[clip.pk]) + f"?analysis={new.pk}#passage-1"
        assert answer["HX-Redirect"] == place
        assert client.post(url, {"verdict": "unknown"}).url == place
        old_page = text_of(client.get(reverse("detection:clip", args=[clip.pk]) + f"?analysis={passage.analysis_id}"))
        assert url not in old_page

    def test_nonsense_is_no_verdict(self, client, bob, gate):
        passage = make_analysis(make_clip(gate), "with_mask").passages.get()
        client.force_login(bob)
        url = reverse("detection:passage_verdict", args=[passage.pk])
        assert client.post(url, {"verdict": "bearded"}).status_code == 400
        assert not Verdict.objects.exists()

    def test_judging_again_keeps_the_older_analysis(self, signed_in, gate):
        clip = make_clip(gate)
        old = make_analysis(clip, "with_mask")
        url = reverse("detection:clip_judge", args=[clip.pk])
        signed_in.post(url, {"release": make_release().pk, "frames_per_second": "2"})
        assert clip.analyses.count() == 2
        newest = clip.analyses.exclude(pk=old.pk).get()
        assert newest.settings["frames_per_second"] == 2
        assert newest.job.state == "queued"

    def test_cancelling_and_going_on(self, signed_in, gate):
        analysis = make_analysis(make_clip(gate), state="queued")
        signed_in.post(reverse("detection:analysis_cancel", args=[analysis.pk]))
        analysis.job.refresh_from_db()
        assert analysis.job.state == "cancelled"
        signed_in.post(reverse("detection:analysis_retry", args=[analysis.pk]))
        analysis.job.refresh_from_db()
        assert analysis.job.state == "queued"

    def test_deleting(self, signed_in, gate, django_capture_on_commit_callbacks):
        clip = make_clip(gate)
        make_analysis(clip, "with_mask")
        with django_capture_on_commit_callbacks(execute=True):
            signed_in.post(reverse("detection:clip_delete", args=[clip.pk]))
        assert not Clip.objects.exists()
        assert not Analysis.objects.exists()
        assert not clip.file.storage.exists(clip.file.name)

    def test_times_are_on_the_cameras_clock(self, signed_in, gate):
        clip = make_clip(gate, filmed_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
        assert clip.filmed_at.astimezone(ZoneInfo("Europe/Berlin")).hour == 0
        assert "2026-07-02 00:30" in text_of(signed_in.get(reverse("detection:clip", args=[clip.pk])))
