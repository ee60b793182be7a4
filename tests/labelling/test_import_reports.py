"""What an import skipped: counted and shown by reason, paged, and whole as CSV, however much it is."""

import csv
import io
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.base import ContentFile

from jobs.services import job_run_here
from labelling.import_reports import full_report, skip_groups, skips_csv
from labelling.models import IMPORT_KIND, ImportSkip, LabelImport
from labelling.services import import_confirm, import_create
from tests.labelling.labelbox.makers import ndjson
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def skipped(db) -> LabelImport:
    """700 records that were skipped in Labelbox, 40 that cannot be understood, one with 3 objects of no area."""
    records = [record(FORMULA if n == 0 else f"{n}.jpg", Skipped=True) | {"ID": FORMULA} for n in range(700)]
    flat = [bbox("With mask", 2, 3, 0, 12)] * 3
    return import_here([*records, *range(40), record("a.jpg", [bbox("car", 1, 1, 5, 5), *flat])], {"a.jpg": jpeg()})


def test_what_was_skipped_is_counted_by_reason_and_the_first_are_told(skipped):
    groups = skip_groups(skipped, of_object=False)
    assert [(group.reason, group.count, len(group.first), group.more) for group in groups] == [
        ("skipped-in-labelbox", 700, 24, 676),
        ("malformed", 40, 24, 16),
    ]
    assert groups[0].first[1]["row"] == 2
    objects = skip_groups(skipped, of_object=True)
    assert [(group.reason, group.count, len(group.first)) for group in objects] == [("degenerate-box", 3, 3)]
    assert len(skipped.report["skipped"]) == 60  # 30 of each reason
    assert skipped.skipped_count == 740


def test_the_page_stays_small_and_asks_little_however_much_was_skipped(
    client, carol, skipped, django_assert_num_queries
):
    client.force_login(carol)
    with django_assert_num_queries(4):  # session, person, import with dataset, job and person, classes
        page = client.get(f"/datasets/imports/{skipped.pk}/").content.decode()
    assert len(page) < 60_000
    assert page.count("The picture was skipped in Labelbox.") == 24
    assert "See all 700" in page
    with django_assert_num_queries(4):  # session, person, import, rows: nobody counts them
        answer = client.get(f"/datasets/imports/{skipped.pk}/skipped/?reason=skipped-in-labelbox&page=7")
    assert (answer.context["page"].paginator.num_pages, len(answer.context["page"])) == (7, 100)
    assert answer.context["page"][99].row == 700
    assert len(answer.content) < 60_000


@pytest.mark.parametrize(
    ("query", "count", "heading"),
    [
        ("", 740, "Skipped records"),
        ("?reason=malformed", 40, "Skipped records"),
        ("?reason=unheard-of&page=x", 740, "Skipped records"),
        ("?kind=objects", 3, "Objects that became no box"),
    ],
)
def test_all_of_it_is_paged_by_reason(client, carol, skipped, query, count, heading):
    client.force_login(carol)
    answer = client.get(f"/datasets/imports/{skipped.pk}/skipped/{query}")
    assert answer.context["page"].paginator.count == count
    assert heading in answer.content.decode()


def test_the_file_holds_all_of_it_and_no_formula(client, carol, skipped):
    client.force_login(carol)
    answer = client.get(f"/datasets/imports/{skipped.pk}/skipped.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="export-skipped.csv"' in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0] == ["skipped", "row", "id", "reason", "message"]
    assert rows[1][:4] == ["record", "1", f"'{FORMULA}", "skipped-in-labelbox"]
    assert [row[0] for row in rows].count("object") == 3
    assert len(rows) == 1 + 743


def test_the_file_is_read_in_portions(skipped, monkeypatch):
    monkeypatch.setattr("labelling.import_reports.CHUNK", 200)
    parts = list(skips_csv(skipped))
    assert [part.count(b"\r\n") for part in parts] == [1, 200, 200, 200, 143]


def test_programs_read_all_of_it_page_by_page(client, carol, skipped):
    client.force_login(carol)
    told = client.get(f"/api/imports/{skipped.pk}/").json()["report"]
    assert told["reasons"]["skipped"] == {"skipped-in-labelbox": 700, "malformed": 40}
    assert (len(told["skipped"]), len(told["objects_skipped"])) == (60, 3)
    page = client.get(f"/api/imports/{skipped.pk}/skipped/?reason=malformed").json()
    assert (page["count"], len(page["results"])) == (40, 40)
    assert page["results"][0]["row"] == 701
    assert page["results"][0]["reason"] == "malformed"
    page = client.get(f"/api/imports/{skipped.pk}/skipped/?kind=objects").json()
    assert (page["count"], page["results"][0]["reason"]) == (3, "degenerate-box")
    assert client.get(f"/api/imports/{skipped.pk}/skipped/?kind=dogs").status_code == 400
    assert b"".join(client.get(f"/api/imports/{skipped.pk}/skipped.csv").streaming_content).count(b"\r\n") == 744


def test_the_commands_still_tell_all_of_it(skipped):
    report = full_report(skipped)
    assert (len(report["skipped"]), len(report["objects_skipped"])) == (740, 3)
    assert report["skipped"][0] == skipped.report["skipped"][0]
    assert report["objects_skipped"] == skipped.report["objects_skipped"]
    assert not {"reasons", "changes"} & report.keys()


def test_an_import_that_was_looked_at_first_keeps_nothing_twice(masks, carol):
    ImportSkip.objects.all().delete()
    export = ContentFile(ndjson(*[record(f"{n}.jpg", Skipped=True) for n in range(3)]), name="e.ndjson")
    looked_at = import_create(dataset=masks, export=export, by=carol, dry_run=True)
    job_run_here(kind=IMPORT_KIND, title="look", owner=None, target_id=looked_at.pk)
    assert ImportSkip.objects.count() == 3
    looked_at.refresh_from_db()
    confirmed = import_confirm(looked_at=looked_at, class_map={}, by=carol)
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=confirmed.pk)
    assert list(ImportSkip.objects.values_list("row", flat=True)) == [1, 2, 3]


def test_html_in_what_was_skipped_is_shown_as_text(client, masks, carol):
    client.force_login(carol)
    row = import_here([record("<b>x</b>", Skipped=True) | {"ID": "<script>alert(1)</script>"}], dataset=masks)
    for address in (f"/datasets/imports/{row.pk}/", f"/datasets/imports/{row.pk}/skipped/"):
        assert not re.search("<script>alert", client.get(address).content.decode())


def test_reports_from_before_are_taken_apart_and_can_be_put_together_again(skipped):
    migration = import_module("labelling.migrations.0010_import_skips")
    report, rows = skipped.report, list(ImportSkip.objects.order_by("of_object", "pk").values_list("row", "record_id"))
    migration.put_back(apps, None)
    skipped.refresh_from_db()
    assert len(skipped.report["skipped"]) == 740
    assert "reasons" not in skipped.report
    ImportSkip.objects.all().delete()
    migration.take_out(apps, None)
    skipped.refresh_from_db()
    assert skipped.report == report
    assert list(ImportSkip.objects.order_by("of_object", "pk").values_list("row", "record_id")) == rows
