"""The gallery, the page of one image, and the pictures themselves."""

import io

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image as Picture

from labelling.gallery import Neighbours
from labelling.models import Image
from labelling.versions import version_create
from tests.labelling.makers import bbox, encoded, import_here, jpeg, noise, record

pytestmark = pytest.mark.django_db


def test_boxes_are_drawn_in_pixels_of_the_picture(client, masks, dan):
    client.force_login(dan)
    page = client.get(f"/datasets/images/{Image.objects.get(external_id='a.jpg').pk}/").content.decode()
    drawing = fromstring(page[page.index('<svg class="mw-picture"') :].partition("</svg>")[0] + "</svg>")
    assert drawing.get("viewBox") == "0 0 40 30"
    assert drawing.get("aria-label") == "a.jpg: 1 with_mask, 1 deer"
    first, second = drawing.findall("rect")
    assert [first.get(name) for name in ("x", "y", "width", "height")] == ["2.00", "3.00", "10.00", "12.00"]
    assert (first.get("data-verdict"), second.get("data-verdict")) == ("with_mask", "other-1")


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
    assert context["neighbours"] == Neighbours(before=first.pk, after=last.pk)
    assert [each.version.number for each in context["frozen"]] == [1]


def test_the_neighbours_are_those_that_fit_the_filters_and_links_keep_them(client, masks, dan):
    first, middle, last = Image.objects.all()
    Image.objects.filter(pk__in=[first.pk, last.pk]).update(labelled=False)
    Image.objects.filter(pk=middle.pk).update(labelled=True)
    client.force_login(dan)
    answer = client.get(f"/datasets/images/{first.pk}/?state=unlabelled&split=none")
    assert answer.context["neighbours"] == Neighbours(before=None, after=last.pk)
    assert f'href="/datasets/images/{last.pk}/?state=unlabelled&amp;split=none"' in answer.content.decode()


def test_only_those_who_edit_boxes_get_the_editor(client, masks, dan, carol):
    image = Image.objects.get(external_id="a.jpg")
    for person, editor in ((dan, False), (carol, True)):
        client.force_login(person)
        page = client.get(f"/datasets/images/{image.pk}/").content.decode()
        assert ('id="box-editor"' in page, "box-editor.js" in page) == (editor, editor)
        assert '<svg class="mw-picture"' in page  # for want of JavaScript, too


def test_there_is_no_editor_for_an_image_whose_picture_has_not_come(client, masks, carol):
    image = Image.objects.filter(file="").first() or Image.objects.create(dataset=masks, external_id="pending.jpg")
    client.force_login(carol)
    assert "box-editor.js" not in client.get(f"/datasets/images/{image.pk}/").content.decode()


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
