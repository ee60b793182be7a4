"""Looks at exports are kept for some days; what nobody confirms by then is forgotten with its files."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import AuditEntry
from jobs import startup
from jobs.models import Job
from jobs.services import JobFailed, job_run_here
from labelling.models import IMPORT_KIND, LOOK_KEPT, Image, ImportSkip, LabelImport
from labelling.services import dataset_delete, import_confirm, import_start, looks
from labelling.services.looks import look_discard, looks_sweep
from tests.labelling.makers import bbox, jpeg, record, zipped
from tests.programs import as_person

pytestmark = pytest.mark.django_db

REFUSED = "Only a look that has ended, and was not imported, can be discarded."
EXPORT = [record("e.jpg", [bbox("deer", 2, 3, 10, 12)]), *[record(f"{n}.jpg", Skipped=True) for n in range(3)]]


@pytest.fixture
def look(masks, carol) -> LabelImport:
    """One that has ended, with its files."""
    export = ContentFile(json.dumps(EXPORT).encode(), name="export.json")
    pictures = ContentFile(zipped({"e.jpg": jpeg(seed=5)}), name="pictures.zip")
    row = import_start(dataset=masks, export=export, pictures=pictures, by=carol, dry_run=True)
    job_run_here(kind=IMPORT_KIND, title="look", owner=carol, target_id=row.pk)
    Job.objects.filter(pk=row.job_id).update(state=Job.State.SUCCEEDED, finished_at=timezone.now())
    return ended(row, timedelta(0))


def ended(row: LabelImport, ago: timedelta) -> LabelImport:
    """The same, as if it had ended so long ago."""
    LabelImport.objects.filter(pk=row.pk).update(finished_at=timezone.now() - ago)
    return LabelImport.objects.get(pk=row.pk)


def files(row: LabelImport) -> list[Path]:
    return [Path(row.export.path), Path(row.pictures.path)]


def test_one_whose_time_is_over_is_forgotten_with_its_files(look, django_capture_on_commit_callbacks):
    others, before = Image.objects.count(), files(ended(look, LOOK_KEPT))
    assert all(path.exists() for path in before)
    with django_capture_on_commit_callbacks(execute=True):
        assert looks_sweep() == 1
    assert not any(path.exists() for path in before)
    assert not LabelImport.objects.filter(pk=look.pk).exists()
    assert (ImportSkip.objects.filter(label_import=look.pk).count(), Image.objects.count()) == (0, others)
    entry = AuditEntry.objects.get(action="look_expire")
    assert (entry.actor, entry.target_type, entry.target_id) == (None, "labelling.labelimport", str(look.pk))
    assert entry.detail == {"dataset": "masks", "dataset_id": look.dataset_id, "export": "export.json"}
    assert looks_sweep() == 0


def test_what_it_skipped_goes_in_portions(look, monkeypatch):
    monkeypatch.setattr(looks, "BATCH", 1)
    ended(look, LOOK_KEPT)
    assert looks_sweep() == 1
    assert not ImportSkip.objects.filter(label_import=look.pk).exists()


def test_others_stay(look, masks, django_capture_on_commit_callbacks):
    ended(look, LOOK_KEPT - timedelta(minutes=1))
    imported = masks.imports.exclude(pk=look.pk).get()
    ended(imported, 9 * LOOK_KEPT)
    with django_capture_on_commit_callbacks(execute=True):
        assert looks_sweep() == 0
    assert masks.imports.count() == 2
    assert all(path.exists() for path in [*files(look), Path(imported.export.path)])


@pytest.mark.parametrize(
    ("state", "ago", "forgotten"),
    [
        (Job.State.FAILED, LOOK_KEPT, 1),
        (Job.State.CANCELLED, LOOK_KEPT, 1),
        (Job.State.FAILED, LOOK_KEPT - timedelta(minutes=1), 0),
        (Job.State.QUEUED, None, 0),
    ],
)
def test_one_that_broke_off_is_forgotten_too_unless_it_goes_on(look, state, ago, forgotten):
    at = None if ago is None else timezone.now() - ago
    Job.objects.filter(pk=look.job_id).update(state=state, finished_at=at)
    LabelImport.objects.filter(pk=look.pk).update(finished_at=None, created_at=timezone.now() - 2 * LOOK_KEPT)
    assert looks_sweep() == forgotten


def test_one_that_is_confirmed_meanwhile_stays_whole(look, carol, monkeypatch):
    ended(look, LOOK_KEPT)
    forget = looks._skips_forgotten

    def confirmed_before(looks, key: int) -> int:
        if LabelImport.objects.get(pk=key).dry_run:
            import_confirm(looked_at=look, class_map={}, by=carol)
        return forget(looks, key)

    monkeypatch.setattr(looks, "_skips_forgotten", confirmed_before)
    assert looks_sweep() == 0
    assert all(path.exists() for path in files(look))
    assert ImportSkip.objects.filter(label_import=look).count() == 3


def test_the_server_does_it_every_hour():
    assert "labelling.services.looks.looks_sweep" in startup._chores


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def test_the_page_says_until_when_it_is_kept(client, look, masks, carol):
    client.force_login(carol)
    until = f"{timezone.localtime(look.finished_at + LOOK_KEPT):%Y, %H:%M}"
    assert f"{until}; if nobody has imported them by then" in words(client.get(f"/datasets/imports/{look.pk}/"))
    imported = masks.imports.exclude(pk=look.pk).get()
    assert "are kept until" not in words(client.get(f"/datasets/imports/{imported.pk}/"))
    LabelImport.objects.filter(pk=look.pk).update(finished_at=None)
    Job.objects.filter(pk=look.job_id).update(state=Job.State.FAILED, failure="It is broken.")
    assert "are kept until" in words(client.get(f"/datasets/imports/{look.pk}/"))
    Job.objects.filter(pk=look.job_id).update(state=Job.State.QUEUED, finished_at=None)
    assert "are kept until" not in words(client.get(f"/datasets/imports/{look.pk}/"))


def test_who_opens_or_confirms_one_that_is_forgotten_is_told(client, look, carol, bob):
    ended(look, LOOK_KEPT)
    looks_sweep()
    client.force_login(carol)
    page = f"/datasets/imports/{look.pk}/"
    for answer in (client.get(page), client.post(f"{page}go/", {"class_0": "deer"}), client.get(f"{page}skipped/")):
        assert answer.status_code == 404
        assert "export.json was only looked at. Nobody imported it within 7 days" in words(answer)
        assert f'href="/datasets/{look.dataset_id}/"' in answer.content.decode()
    assert "only looked at" not in words(client.get(f"/datasets/imports/{look.pk + 1}/"))
    client.force_login(bob)  # who may not see datasets
    assert client.get(page).status_code == 403


def test_where_the_dataset_has_gone_as_well_no_way_leads_there(client, look, masks, carol):
    ended(look, LOOK_KEPT)
    looks_sweep()
    dataset_delete(dataset=masks, by=carol)
    client.force_login(carol)
    answer = client.get(f"/datasets/imports/{look.pk}/")
    assert "Nobody imported it within 7 days" in words(answer)
    assert f'href="/datasets/{masks.pk}/"' not in answer.content.decode()


def test_programs_are_told_until_when_and_what_became_of_it(look, masks, carol):
    api = as_person(carol)
    addresses = [reverse(f"labelling_api:{name}", args=[look.pk]) for name in ("import", "import_confirm")]
    told = api.get(addresses[0]).json()
    assert told["kept_until"][:16] == f"{timezone.localtime(look.finished_at + LOOK_KEPT):%Y-%m-%dT%H:%M}"
    rows = api.get(reverse("labelling_api:imports", args=[masks.pk])).json()["results"]
    assert [row["kept_until"] is None for row in rows] == [False, True]
    ended(look, LOOK_KEPT)
    looks_sweep()
    for answer in (api.get(addresses[0]), api.post(addresses[1])):
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith("export.json was only looked at.")
    other = api.get(reverse("labelling_api:import", args=[look.pk + 1]))
    assert (other.status_code, other.json()) == (404, {"detail": "Not found."})


def test_one_that_is_discarded_goes_at_once_with_its_files(client, look, carol, bob):
    before = files(look)
    client.force_login(bob)  # who may not see datasets
    assert client.post(f"/datasets/imports/{look.pk}/discard/").status_code == 403
    client.force_login(carol)
    page = f"/datasets/imports/{look.pk}/"
    assert f'action="{page}discard/"' in client.get(page).content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(f"{page}discard/", follow=True)
    assert answer.redirect_chain == [(f"/datasets/{look.dataset_id}/", 302)]
    assert "export.json has been discarded; nothing of it was stored." in words(answer)
    assert not any(path.exists() for path in before)
    assert not LabelImport.objects.filter(pk=look.pk).exists()
    entry = AuditEntry.objects.get(action="look_discard")
    assert (entry.actor, entry.target_id, entry.detail["export"]) == (carol, str(look.pk), "export.json")
    assert f"{carol} discarded the look on " in words(client.get(page))
    AuditEntry.objects.update(actor=None)
    assert "Somebody who is no longer here discarded the look on " in words(client.get(page))


def test_an_import_cannot_be_discarded(client, look, masks, carol):
    imported = masks.imports.exclude(pk=look.pk).get()
    client.force_login(carol)
    page = f"/datasets/imports/{imported.pk}/"
    assert "discard/" not in client.get(page).content.decode()
    assert "Only a look that has ended" in words(client.post(f"{page}discard/", follow=True))
    api = as_person(carol)
    refused = api.delete(reverse("labelling_api:import", args=[imported.pk]))
    assert (refused.status_code, refused.json()["detail"]) == (409, REFUSED)
    assert all(path.exists() for path in [Path(imported.export.path)])
    assert api.delete(reverse("labelling_api:import", args=[look.pk])).status_code == 204
    gone = api.delete(reverse("labelling_api:import", args=[look.pk]))
    assert (gone.status_code, "discarded the look" in gone.json()["detail"]) == (404, True)


def test_one_that_is_still_being_taken_cannot_be_discarded(look, carol):
    LabelImport.objects.filter(pk=look.pk).update(finished_at=None)
    now = timezone.now()
    Job.objects.filter(pk=look.job_id).update(
        state=Job.State.RUNNING, started_at=now, heartbeat_at=now, finished_at=None
    )
    with pytest.raises(ValidationError, match=REFUSED):
        look_discard(look=look, by=carol)
    assert all(path.exists() for path in files(look))
    Job.objects.filter(pk=look.job_id).update(state=Job.State.FAILED, finished_at=timezone.now())
    look_discard(look=look, by=carol)
    assert not LabelImport.objects.filter(pk=look.pk).exists()


def test_its_job_cannot_go_on_and_says_why(look, carol):
    ended(look, LOOK_KEPT)
    looks_sweep()
    with pytest.raises(JobFailed, match="it was a look that has been forgotten"):
        job_run_here(kind=IMPORT_KIND, title="look", owner=carol, target_id=look.pk)


def test_one_that_goes_while_it_is_confirmed_is_not_imported(look, carol):
    LabelImport.objects.filter(pk=look.pk).delete()
    with pytest.raises(ValidationError, match="has just been forgotten"):
        import_confirm(looked_at=look, class_map={}, by=carol)
