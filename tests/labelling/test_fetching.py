"""Fetches as jobs: what is in the database and in storage afterwards."""

import threading
import time
import zlib

import pytest
from django.core.files.storage import default_storage

from jobs.models import Job
from jobs.services import JobFailed, job_cancel, job_run_here
from labelling import fetching
from labelling.labelbox import parse_export
from labelling.models import FETCH_KIND, Box, Dataset, Image, PictureFetch
from labelling.services import boxes_delete, dataset_create, fetch_create
from tests.labelling.makers import bbox, encoded, import_here, jpeg, noise, record
from tests.labelling.web_server import WebServer, content, in_turn, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(settings):
    with serving() as server:
        settings.FETCH_HOSTS_ALLOWED = [f"127.0.0.1:{server.port}"]
        settings.FETCH_PAUSE_SECONDS = 0.01
        yield server


def fetched(dataset: Dataset | None = None) -> PictureFetch:
    """A fetch that has run to its end."""
    row = fetch_create(dataset=dataset or Dataset.objects.get(), by=None)
    job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk)
    row.refresh_from_db()
    return row


def at(web: WebServer, name: str, answer, objects=(), **others):
    """A record whose picture the server gives this answer for."""
    return record(name, objects, **{"Labeled Data": web.give(f"/{name}", answer), **others})


def reasons(row: PictureFetch) -> dict[str, str]:
    """The reason for each picture that did not come, by its external ID."""
    return {each["external_id"]: reason for reason, rows in row.report["first"].items() for each in rows}


def test_missing_pictures_are_read_from_their_addresses(web):
    picture = jpeg(40, 30, seed=1)
    import_here([at(web, "a.jpg", picture, [bbox("With mask", 20, 5, 30, 10), bbox("deer", 50, 0, 9, 9)])])
    row = fetched()
    image = Image.objects.get()
    assert default_storage.open(image.file.name).read() == picture
    assert (image.width, image.height, image.depth) == (40, 30, 3)
    assert [box.xyxy for box in image.boxes.all()] == [(20, 5, 40, 15)]
    assert row.report == {"wanted": 1, "fetched": 1, "failed": {}, "first": {}}
    assert Job.objects.get(kind=FETCH_KIND).state == Job.State.SUCCEEDED


def test_a_picture_that_holds_none_of_its_boxes_is_not_attached_as_one_without_boxes(web):
    import_here([at(web, "a.jpg", jpeg(40, 30), [bbox("With mask", 50, 5, 30, 10)]), at(web, "b.jpg", jpeg(40, 30))])
    row = fetched()
    assert reasons(row) == {"a.jpg": "does-not-fit"}
    assert (row.report["wanted"], row.report["fetched"]) == (2, 1)
    assert Image.objects.get(external_id="a.jpg").is_pending
    assert Box.objects.get().xyxy == (50, 5, 80, 15)
    assert row.report["first"]["does-not-fit"][0]["message"] == (
        "All its boxes lie outside of the picture that came (40 x 30 pixels): it is another one."
    )


def lying(width: int, height: int) -> bytes:
    turned = noise(width, height).getexif()
    turned[0x0112] = 6
    return encoded(noise(width, height), exif=turned)


def everything_but_keys(dataset: Dataset) -> list:
    return [
        (
            *(image.external_id, image.width, image.height, image.depth, image.sha256, image.perceptual_hash),
            *(image.seconds_to_label, image.labelled, image.source_row, image.label_digest, image.is_pending),
            image.file.name.replace(f"/{dataset.pk}/", "/"),
            sorted((box.box_class.name, box.xyxy) for box in image.boxes.all()),
        )
        for image in dataset.images.order_by("external_id")
    ]


def test_the_outcome_equals_that_of_an_import_with_the_pictures_in_a_zip(web):
    boxes = [bbox("With mask", -5, 4, 20, 12), bbox("no mask", 25, 20, 40, 40), bbox("deer", 60, 50, 5, 5)]
    size = {"Media Attributes": {"width": 40, "height": 30}}
    files = {"plain.jpg": jpeg(40, 30), "empty.png": encoded(noise(9, 8), "PNG"), "lying.jpg": lying(40, 30)}
    records = [
        at(
            web, "plain.jpg", files["plain.jpg"], boxes, **{"Seconds to Label": 7, "Created At": "2020-01-01T10:00:00Z"}
        ),
        at(web, "empty.png", files["empty.png"]),
        at(web, "lying.jpg", files["lying.jpg"], boxes),
    ]
    for given in (records, [{**each, **size} for each in records]):
        zipped, read = (dataset_create(name=f"{name}{len(given[0])}", by=None) for name in ("zip", "web"))
        import_here(given, files, dataset=zipped)
        import_here(given, dataset=read)
        fetched(read)
        assert everything_but_keys(read) == everything_but_keys(zipped)
        before = everything_but_keys(read)
        assert import_here(given, files, dataset=read).report["changes"] == {"added": 0, "updated": 0, "kept": 0}
        assert everything_but_keys(read) == before


def test_boxes_drawn_on_a_lying_picture_are_turned_with_it(web):
    """40 x 30 as stored, upright 30 x 40: left 10, top 5 to 20, 15 becomes 30 - 15, 10 to 30 - 5, 20."""
    size = {"Media Attributes": {"width": 40, "height": 30}}
    import_here([at(web, "a.jpg", lying(40, 30), [bbox("deer", 10, 5, 10, 10)], **size)])
    fetched()
    assert Box.objects.get().xyxy == (15, 10, 25, 20)


def bomb() -> bytes:
    """A PNG of 20,000 x 20,000 pixels that is a few bytes long."""
    header = b"IHDR" + (20_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    data = b"IDAT" + zlib.compress(bytes(1000))
    chunks = [header, data, b"IEND"]
    parts = (len(each[4:]).to_bytes(4, "big") + each + zlib.crc32(each).to_bytes(4, "big") for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_each_picture_that_does_not_come_has_a_reason(web, settings):
    settings.FETCH_MOST_BYTES = 50_000
    settings.FETCH_SECONDS = 0.5
    records = [
        at(web, "gone.jpg", content(b"", 404)),
        at(web, "denied.jpg", content(b"", 403)),
        at(web, "down.jpg", content(b"", 503)),
        at(web, "page.jpg", b"<!doctype html><title>Sign in</title>"),
        at(web, "vector.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        at(web, "half.jpg", jpeg(400, 300)[:900]),
        at(web, "bomb.png", bomb()),
        at(web, "large.jpg", bytes(50_001)),
        at(web, "slow.jpg", lambda handler: time.sleep(1)),
        at(web, "lying.jpg", content(jpeg(), Content_Length="999999")),
        record("nowhere.jpg"),
        record("file.jpg", **{"Labeled Data": "file:///etc/passwd"}),
        record("inside.jpg", **{"Labeled Data": "http://169.254.169.254/latest/meta-data/a.jpg"}),
        at(web, "aside.jpg", content(b"", 302, Location="http://127.0.0.1:1/a.jpg")),
        at(web, "good.jpg", in_turn(content(b"", 500), content(jpeg(seed=3)))),
    ]
    import_here(records)
    row = fetched()
    assert reasons(row) == {
        "gone.jpg": "not-found",
        "denied.jpg": "access-denied",
        "down.jpg": "server-error",
        "page.jpg": "not-a-picture",
        "vector.jpg": "not-a-picture",
        "half.jpg": "not-a-picture",
        "bomb.png": "not-a-picture",
        "large.jpg": "too-large",
        "slow.jpg": "timed-out",
        "lying.jpg": "too-large",
        "nowhere.jpg": "no-address",
        "file.jpg": "address-refused",
        "inside.jpg": "address-refused",
        "aside.jpg": "address-refused",
    }
    assert (row.report["wanted"], row.report["fetched"], sum(row.report["failed"].values())) == (15, 1, 14)
    assert list(Image.objects.exclude(file="").values_list("external_id", flat=True)) == ["good.jpg"]
    gone = row.report["first"]["not-found"][0]
    assert gone["message"] == "There is nothing at its address any more (HTTP 404)."


def test_the_addresses_of_v2_and_csv_exports_are_kept(web):
    v2 = {
        "data_row": {"id": "r", "external_id": "v2.jpg", "row_data": web.give("/v2.jpg", jpeg(seed=1))},
        "projects": {"p": {"labels": [{"annotations": {"objects": []}}]}},
    }
    import_here([v2])
    csv = b'ID,Labeled Data,Label,External ID\n1,https://a.example/b.jpg?c=d,"{""objects"": []}",csv.jpg\n'
    assert parse_export(csv)[0].source["Labeled Data"] == "https://a.example/b.jpg?c=d"
    assert fetched().report["fetched"] == 1


def test_an_address_that_has_expired_is_signed_anew_by_a_newer_export(web):
    web.give("/a.jpg", jpeg())
    import_here([record("a.jpg", **{"Labeled Data": web.address("/a.jpg?Expires=1")})])
    import_here([record("a.jpg", **{"Labeled Data": web.address("/a.jpg?Expires=2")})])
    assert Image.objects.get().source_row["Labeled Data"] == web.address("/a.jpg?Expires=2")
    import_here([record("a.jpg", **{"Labeled Data": web.address("/elsewhere.jpg")})])
    assert fetched().report["fetched"] == 1
    import_here([record("a.jpg", **{"Labeled Data": web.address("/a.jpg?Expires=3")})])
    assert Image.objects.get().source_row["Labeled Data"] == web.address("/a.jpg?Expires=2")


def test_what_was_fetched_stays_when_the_job_dies_and_the_rest_is_fetched_by_the_next_attempt(web, monkeypatch):
    names = [f"{number}.jpg" for number in range(30)]
    import_here([at(web, name, jpeg(seed=number)) for number, name in enumerate(names)])
    row = fetch_create(dataset=Dataset.objects.get(), by=None)
    real, calls = fetching.Merge.store, []

    def dies_at_the_second_portion(self, arrivals, changes):
        calls.append(len(arrivals))
        if len(calls) == 2:
            raise MemoryError
        real(self, arrivals, changes)

    monkeypatch.setattr(fetching.Merge, "store", dies_at_the_second_portion)
    with pytest.raises(JobFailed):
        job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk)
    assert Image.objects.exclude(file="").count() == 20
    row.refresh_from_db()
    assert (row.finished_at, row.report["fetched"]) == (None, 20)
    before = web.asked.total()
    job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk)
    row.refresh_from_db()
    assert web.asked.total() == before + 10
    assert (row.report["wanted"], row.report["fetched"]) == (30, 30)
    assert not Image.objects.filter(file="").exists()
    job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk)
    assert web.asked.total() == before + 10


def test_a_fetch_that_is_cancelled_does_not_wait_for_slow_servers(web):
    over, waited = threading.Event(), []
    web.give("/slow.jpg", lambda handler: waited.append(not over.wait(30)))
    import_here([record("slow.jpg", **{"Labeled Data": web.address("/slow.jpg")})])
    row = fetch_create(dataset=Dataset.objects.get(), by=None)

    def cancels(progress):
        job = Job.objects.get(kind=FETCH_KIND)
        if web.asked and job.cancel_requested_at is None:
            job_cancel(job=job, by=None)

    with pytest.raises(JobFailed):
        job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk, on_progress=cancels)
    assert waited == []  # the server is still at it
    over.set()
    assert Job.objects.get(kind=FETCH_KIND).state == Job.State.CANCELLED


def test_boxes_that_a_person_deleted_meanwhile_stay_away(web, alice):
    import_here([at(web, "a.jpg", jpeg(40, 30), [bbox("deer", 2, 3, 10, 12), bbox("deer", 20, 5, 30, 10)])])
    boxes_delete(boxes=Box.objects.filter(x_min=20), by=alice)
    fetched()
    assert [box.xyxy for box in Box.objects.all()] == [(2, 3, 12, 15)]
    assert not Image.objects.get().is_pending


def test_images_that_are_deleted_meanwhile_do_not_come_back(web):
    import_here([at(web, "a.jpg", jpeg()), record("b.jpg")])
    row = fetch_create(dataset=Dataset.objects.get(), by=None)

    def deletes(progress):
        if web.asked:
            Image.objects.filter(external_id="a.jpg").delete()

    job_run_here(kind=FETCH_KIND, title="fetch", owner=None, target_id=row.pk, on_progress=deletes)
    assert list(Image.objects.values_list("external_id", flat=True)) == ["b.jpg"]
