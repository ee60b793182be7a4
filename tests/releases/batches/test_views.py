"""The pages of batches of photographs."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from jobs.models import Job
from releases.batches.models import PictureBatch
from releases.batches.services import batch_create, batch_start
from tests.releases.batches.makers import BLACK, BLUE, RED, filled, judged, picture, zipped

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {"red.png": picture(RED), "blue.png": picture(BLUE), "note.txt": b"no picture", "black.png": picture(BLACK)}


@pytest.fixture
def page(client, dan):
    client.force_login(dan)

    def get(name, *args, query=""):
        return client.get(reverse(f"releases:{name}", args=args) + query)

    return get


def shown(answer) -> list[str]:
    return [one.name for one in answer.context["page"]]


def test_an_empty_list_says_what_a_batch_is_for(page):
    assert "drop a folder of photographs" in page("batches").content.decode()


def test_a_new_batch_is_made_and_its_page_says_when_it_goes(client, dan, page):
    answer = client.post(reverse("releases:batches"), {"name": "Gate", "keep_days": "1"}, follow=True)
    batch = PictureBatch.objects.get()
    assert (batch.name, batch.owner) == ("Gate", dan)
    said = answer.content.decode()
    assert f"deleted on {timezone.localtime(batch.expires_at).day}" in said
    assert "0 photographs have arrived" in said


def test_a_wrong_score_is_told_at_its_field(client, page):
    page("batches")
    answer = client.post(reverse("releases:batches"), {"keep_days": "1", "score": "2"})
    assert answer.status_code == 400
    assert not PictureBatch.objects.exists()


def test_the_list_takes_as_many_queries_for_many_batches(page, dan, tiny_release, django_assert_num_queries):
    judged(dan, FILES)
    with django_assert_num_queries(5):  # session, person, count, batches, active release
        page("batches")
    for _number in range(5):
        filled(dan, {"1.png": picture(RED)})
    with django_assert_num_queries(5):
        page("batches")


def test_the_plain_form_takes_photographs_and_zips_and_names_what_it_refuses(client, page, dan):
    batch = batch_create(by=dan)
    sent = [
        SimpleUploadedFile("a.png", picture(RED)),
        SimpleUploadedFile("b.zip", zipped({"b.png": picture(BLUE)})),
        SimpleUploadedFile("bad.zip", b"x"),
    ]
    page("batches")
    answer = client.post(reverse("releases:batch_add", args=[batch.pk]), {"pictures": sent}, follow=True)
    assert set(batch.pictures.values_list("name", flat=True)) == {"a.png", "b.png"}
    assert "bad.zip: This is no zip" in answer.content.decode()
    answer = client.post(reverse("releases:batch_add", args=[batch.pk]), {}, follow=True)
    assert "Choose photographs or a zip first" in answer.content.decode()


def test_it_cannot_be_started_before_a_photograph_is_there(client, page, dan, tiny_release):
    batch = batch_create(by=dan)
    assert "data-start" in page("batch", batch.pk).content.decode()
    answer = client.post(reverse("releases:batch_start", args=[batch.pk]), follow=True)
    assert "no photograph in this batch" in answer.content.decode()


def test_a_batch_under_way_shows_its_job_and_can_be_stopped_and_go_on(client, page, dan, tiny_release):
    batch = filled(dan, FILES)
    client.force_login(dan)
    answer = client.post(reverse("releases:batch_start", args=[batch.pk]), follow=True)
    job = Job.objects.get()
    assert f'data-awaited-job="{job.pk}"' in answer.content.decode()
    answer = client.post(reverse("releases:batch_stop", args=[batch.pk]), follow=True)
    assert "stopped after 0 of 4" in answer.content.decode()
    assert "It stands still until somebody presses Go on" in answer.content.decode()
    client.post(reverse("releases:batch_start", args=[batch.pk]))
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_failed_job_says_why(page, dan, tiny_release):
    batch = batch_start(batch=filled(dan, FILES), by=dan)
    Job.objects.update(state=Job.State.FAILED, finished_at=timezone.now(), failure="network.bin is missing.")
    assert "network.bin is missing." in page("batch", batch.pk).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["red.png", "blue.png", "note.txt", "black.png"]),
        ("?class=with_mask", ["red.png"]),
        ("?class=without_mask", ["blue.png"]),
        ("?class=deer", []),
        ("?show=nothing", ["black.png"]),
        ("?show=unreadable", ["note.txt"]),
        ("?show=seen", ["red.png", "blue.png", "black.png"]),
        ("?show=nonsense", ["red.png", "blue.png", "note.txt", "black.png"]),
    ],
)
def test_the_gallery_shows_what_the_address_chooses(page, dan, tiny_release, query, names):
    assert shown(page("batch", judged(dan, FILES).pk, query=query)) == names


def test_the_parts_tell_boxes_and_photographs(page, dan, tiny_release):
    parts = page("batch", judged(dan, FILES).pk).context["parts"]
    assert [(part.value, part.pictures, part.boxes) for part in parts] == [
        ("with_mask", 1, 1),
        ("without_mask", 1, 2),
        ("worn_incorrectly", 0, 0),
        ("nothing", 1, None),
        ("unreadable", 1, None),
    ]


def test_the_page_names_the_model_that_judged(page, dan, tiny_release):
    batch = judged(dan, FILES)
    PictureBatch.objects.update(release=None)
    said = page("batch", batch.pk).content.decode()
    assert "tiny-random (deleted since)" in said


def test_the_gallery_takes_as_many_queries_for_many_pictures(page, dan, tiny_release, django_assert_num_queries):
    few = judged(dan, {"1.png": picture(RED)})
    many = judged(dan, {f"{number}.png": picture(RED) + bytes([number]) for number in range(20)})
    for batch in (few, many):
        with django_assert_num_queries(6):  # session, person, batch, count of all, count of the part, its page
            page("batch", batch.pk)


def test_a_picture_has_its_boxes_json_and_neighbours(page, dan, tiny_release):
    batch = judged(dan, FILES)
    red, blue, note, black = batch.pictures.all()
    answer = page("batch_picture", blue.pk)
    assert (answer.context["before"], answer.context["after"]) == (red.pk, note.pk)
    assert (answer.context["place"], answer.context["count"]) == (2, 4)
    said = answer.content.decode()
    assert "2 without mask, on 60 × 40 pixels" in said
    assert "30 × 40" in said
    filtered = page("batch_picture", blue.pk, query="?show=seen")
    assert (filtered.context["before"], filtered.context["after"]) == (red.pk, black.pk)
    assert "This is not a JPEG" in page("batch_picture", note.pk).content.decode()


def test_a_picture_tells_the_chance_of_its_boxes_where_it_is_known(page, dan, tiny_release):
    red = judged(dan, FILES).pictures.get(name="red.png")
    assert "Chance" not in page("batch_picture", red.pk).content.decode()
    red.boxes = [{**box, "chance": 0.87} for box in red.boxes]
    red.save()
    said = page("batch_picture", red.pk).content.decode()
    assert "Chance" in said
    assert "87%" in said


def test_pictures_are_served_upright_with_and_without_boxes(page, dan, tiny_release):
    exif = Image.Exif()
    exif[274] = 6
    batch = judged(dan, {"a.tif": picture(RED, kind="TIFF"), "b.jpg": picture(RED, kind="JPEG", exif=exif)})
    tif, turned = batch.pictures.all()
    for one, size in ((tif, (60, 40)), (turned, (40, 60))):
        for name, query in (("batch_picture_file", ""), ("batch_picture_file", "?plain=1"), ("batch_thumbnail", "")):
            answer = page(name, one.pk, query=query)
            assert answer["Content-Type"] == "image/jpeg"
            assert Image.open(io.BytesIO(answer.content)).size == size
    drawn, plain = page("batch_picture_file", tif.pk), page("batch_picture_file", tif.pk, query="?plain=1")
    assert drawn.content != plain.content


def test_a_picture_is_asked_for_again_and_gone_with_its_batch(client, page, dan, tiny_release):
    batch = judged(dan, {"a.png": picture(RED)})
    one = batch.pictures.get()
    first = page("batch_thumbnail", one.pk)
    assert first["Cache-Control"] == "private, no-cache"
    address = reverse("releases:batch_thumbnail", args=[one.pk])
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    client.post(reverse("releases:batch_delete", args=[batch.pk]))
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_an_unreadable_picture_has_no_file_to_show(page, dan, tiny_release):
    note = judged(dan, {"note.txt": b"x"}).pictures.get()
    assert page("batch_picture_file", note.pk).status_code == 404
    assert page("batch_thumbnail", note.pk).status_code == 404


def test_a_zip_is_left_out_again(client, page, dan):
    batch = batch_create(by=dan)
    packed = batch.zips.create(name="part.zip", size=10, arrived=3)
    assert "3\xa0bytes of 10\xa0bytes have arrived" in page("batch", batch.pk).content.decode()
    client.post(reverse("releases:batch_zip_delete", args=[packed.pk]))
    assert not batch.zips.exists()


def test_the_download_is_a_zip_of_the_name_of_the_batch(page, dan, tiny_release):
    answer = page("batch_download", judged(dan, {"a.png": picture(RED)}).pk)
    assert answer["Content-Disposition"] == 'attachment; filename="gate.zip"'
    assert b"".join(answer.streaming_content).startswith(b"PK")
