"""The gallery, the page of one image, and the pictures themselves."""

import io

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image as Picture

from labelling.models import BoxClass, Image
from labelling.versions import version_create
from labelling.views import images as views
from tests.labelling.makers import bbox, encoded, import_here, jpeg, noise, record

pytestmark = pytest.mark.django_db


def gallery(client, dataset, query=""):
    return client.get(f"/datasets/{dataset.pk}/images/{query}")


def names(answer) -> list[str]:
    return [image.external_id for image in answer.context["page"]]


def test_the_gallery_filters_by_class_and_state(client, masks, dan):
    client.force_login(dan)
    deer = BoxClass.objects.get(name="deer").pk
    assert names(gallery(client, masks)) == ["a.jpg", "b.jpg", "c.jpg"]
    assert names(gallery(client, masks, f"?box_class={deer}")) == ["a.jpg"]
    assert names(gallery(client, masks, "?state=negative")) == ["b.jpg"]
    assert names(gallery(client, masks, "?state=pending")) == ["c.jpg"]
    assert names(gallery(client, masks, "?state=nonsense")) == ["a.jpg", "b.jpg", "c.jpg"]


def test_the_gallery_is_paged_and_takes_the_same_queries(client, masks, dan, monkeypatch, django_assert_num_queries):
    client.force_login(dan)
    monkeypatch.setattr(views, "PAGE", 20)
    import_here([record(f"{i}.jpg", [bbox("deer", 0, 0, 5, 5)]) for i in range(25)], {}, dataset=masks)
    # Session, person, dataset, its classes for the filter, count, images, boxes with classes.
    with django_assert_num_queries(7):
        assert len(names(gallery(client, masks))) == 20
    assert len(names(gallery(client, masks, "?page=2"))) == 8


def test_boxes_are_drawn_in_pixels_of_the_picture(client, masks, dan):
    client.force_login(dan)
    page = client.get(f"/datasets/images/{Image.objects.get(external_id='a.jpg').pk}/").content.decode()
    drawing = fromstring(page[page.index('<svg class="mw-picture"') :].partition("</svg>")[0] + "</svg>")
    assert drawing.get("viewBox") == "0 0 40 30"
    assert drawing.get("aria-label") == "a.jpg: 1 with_mask, 1 deer"
    first, second = drawing.findall("rect")
    assert [first.get(name) for name in ("x", "y", "width", "height")] == ["2.00", "3.00", "10.00", "12.00"]
    assert (first.get("data-verdict"), second.get("data-verdict")) == ("with_mask", "unknown")


def test_html_in_names_stays_text(client, dan):
    client.force_login(dan)
    row = import_here([record("<b>.jpg", [bbox("<script>alert(1)</script>", 0, 0, 5, 5)])], {"<b>.jpg": jpeg()})
    for address in (
        f"/datasets/{row.dataset_id}/images/",
        f"/datasets/{row.dataset_id}/",
        f"/datasets/imports/{row.pk}/",
    ):
        assert "<script>alert" not in client.get(address).content.decode()


def test_only_those_who_manage_datasets_see_who_labelled(client, masks, dan, carol):
    address = f"/datasets/images/{Image.objects.get(external_id='a.jpg').pk}/"
    client.force_login(dan)
    assert "ann@example.com" not in client.get(address).content.decode()
    client.force_login(carol)
    assert "ann@example.com" in client.get(address).content.decode()


def test_the_page_leads_to_its_neighbours_and_versions(client, masks, dan):
    client.force_login(dan)
    version_create(dataset=masks, by=dan)
    first, middle, last = Image.objects.all()
    context = client.get(f"/datasets/images/{middle.pk}/").context
    assert (context["before"], context["after"]) == (first.pk, last.pk)
    assert [each.version.number for each in context["frozen"]] == [1]


def test_the_file_is_the_one_that_came(client, masks, dan):
    client.force_login(dan)
    answer = client.get(f"/datasets/images/{Image.objects.get(external_id='a.jpg').pk}/file/")
    assert answer.content == jpeg(seed=1)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "private" in answer["Cache-Control"]


def test_a_thumbnail_is_small_upright_and_made_once(client, dan, settings):
    client.force_login(dan)
    turned = Picture.Exif()
    turned[0x0112] = 6
    import_here([record("a.jpg")], {"a.jpg": encoded(noise(1000, 500), exif=turned)})
    address = f"/datasets/images/{Image.objects.get().pk}/thumbnail/"
    answer = client.get(address)
    with Picture.open(io.BytesIO(answer.content)) as small:
        assert (small.format, small.size) == ("JPEG", (160, 320))
    (made,) = (settings.MEDIA_ROOT / "thumbnails").rglob("*.jpg")
    made.write_bytes(b"as it was")
    assert client.get(address).content == b"as it was"


def test_a_picture_that_was_lost_is_not_found(client, masks, dan):
    client.force_login(dan)
    image = Image.objects.get(external_id="a.jpg")
    image.file.storage.delete(image.file.name)
    answers = [client.get(f"/datasets/images/{image.pk}/{end}/").status_code for end in ("file", "thumbnail")]
    assert answers == [404, 404]
