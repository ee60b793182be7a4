"""The administration of clips: to look at, and to judge again or delete through the services."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import AuditEntry, User
from detection.models import Clip
from detection.services import verdict_set
from jobs.models import Job
from tests.detection.makers import make_analysis, make_camera, make_clip, make_release

TABLES = ("camera", "clip", "analysis", "passage", "verdict")


@pytest.fixture
def root(db, client):
    user = User.objects.create_superuser("root", password="correct horse")
    client.force_login(user)
    client.user = user
    return client


def judged_clip(name: str, by: User) -> Clip:
    clip = make_clip(make_camera(name))
    passage = make_analysis(clip, "with_mask").passages.get()
    verdict_set(passage=passage, verdict="unknown", by=by)
    return clip


@pytest.mark.parametrize("table", TABLES)
def test_lists_take_the_same_queries_for_many_rows(root, table, django_assert_max_num_queries):
    address = f"/admin/detection/{table}/?q=a"
    judged_clip("gate a", root.user)
    with django_assert_max_num_queries(20) as few:
        assert root.get(address).status_code == 200
    for number in range(6):
        judged_clip(f"gate a{number}", root.user)
    with django_assert_max_num_queries(len(few)):
        root.get(address)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_looked_at_and_not_changed(root, table):
    clip = judged_clip("gate", root.user)
    pk = {
        "camera": clip.camera_id,
        "clip": clip.pk,
        "analysis": clip.counted_analysis_id,
        "passage": clip.counted_analysis.passages.get().pk,
        "verdict": clip.verdicts.get().pk,
    }[table]
    assert root.get(f"/admin/detection/{table}/{pk}/change/").status_code == 200
    assert root.post(f"/admin/detection/{table}/{pk}/change/", {"verdict": "with_mask"}).status_code == 403
    assert root.get(f"/admin/detection/{table}/add/").status_code == 403


def test_chosen_clips_are_judged_again(root):
    release = make_release()
    release.is_active = True
    release.save()
    clip = judged_clip("gate", root.user)
    root.post("/admin/detection/clip/", {"action": "judge_again", "_selected_action": [clip.pk]})
    assert clip.analyses.count() == 2
    assert clip.analyses.first().job.state == Job.State.QUEUED


def test_who_may_only_look_at_clips_judges_none_again(client, carol):
    carol.is_staff = True
    carol.save()
    carol.user_permissions.add(Permission.objects.get(codename="view_clip"))
    client.force_login(carol)
    assert client.get("/admin/detection/clip/").status_code == 200
    clip = judged_clip("gate", carol)
    client.post("/admin/detection/clip/", {"action": "judge_again", "_selected_action": [clip.pk]})
    assert clip.analyses.count() == 1


def test_deleting_goes_through_the_service(root):
    clip = judged_clip("gate", root.user)
    root.post(f"/admin/detection/clip/{clip.pk}/delete/", {"post": "yes"})
    assert not Clip.objects.exists()
    assert AuditEntry.objects.filter(action="clip_delete", target_id=str(clip.pk)).exists()
