"""Pages of datasets: signed out, without the right, with it. All addresses stand in tests/address_rules.py."""

import pytest

from labelling.models import Image, LabelImport

LOOKED_AT = {
    *("datasets", "dataset", "anchors", "export", "export_download"),
    *("health", "health_pictures", "versions_compare"),
    *("images", "import", "image", "image_file", "thumbnail"),
}
MANAGED = {"anchors_choose", "dataset_add", "version_add", "import_add", "import_go", "pictures_add"}


@pytest.fixture
def addresses(masks) -> dict[str, str]:
    """The address of each page by its name."""
    image = Image.objects.get(external_id="a.jpg").pk
    keys = {
        "datasets": "",
        "dataset_add": "add/",
        "dataset": f"{masks.pk}/",
        "version_add": f"{masks.pk}/versions/add/",
        "anchors": f"{masks.pk}/anchors/",
        "anchors_choose": f"{masks.pk}/anchors/choose/",
        "versions_compare": f"{masks.pk}/versions/compare/",
        "health": f"{masks.pk}/health/",
        "health_pictures": f"{masks.pk}/health/pictures/?finding=tiny",
        "export": f"{masks.pk}/export/",
        "export_download": f"{masks.pk}/export/download/?export_format=voc",
        "images": f"{masks.pk}/images/",
        "import_add": f"{masks.pk}/imports/add/",
        "import": f"imports/{LabelImport.objects.get().pk}/",
        "import_go": f"imports/{LabelImport.objects.get().pk}/go/",
        "pictures_add": f"imports/{LabelImport.objects.get().pk}/pictures/",
        "image": f"images/{image}/",
        "image_file": f"images/{image}/file/",
        "thumbnail": f"images/{image}/thumbnail/",
    }
    return {name: f"/datasets/{path}" for name, path in keys.items()}


def asked(client, name: str, address: str) -> int:
    posted = name in MANAGED - {"dataset_add"}
    return (client.post(address) if posted else client.get(address)).status_code


def test_the_signed_out_are_sent_to_the_login(client, addresses):
    assert {name: asked(client, name, address) for name, address in addresses.items()} == dict.fromkeys(addresses, 302)


def test_without_the_right_every_page_refuses(client, addresses, charlie):
    client.force_login(charlie)
    assert {name: asked(client, name, address) for name, address in addresses.items()} == dict.fromkeys(addresses, 403)


def test_an_engineer_looks_and_changes_nothing(client, addresses, dan):
    client.force_login(dan)
    answers = {name: asked(client, name, address) for name, address in addresses.items()}
    assert answers == dict.fromkeys(LOOKED_AT, 200) | dict.fromkeys(MANAGED, 403)


def test_a_dataset_manager_may_do_everything(client, addresses, carol):
    client.force_login(carol)
    answers = {name: asked(client, name, address) for name, address in addresses.items()}
    refused_forms = dict.fromkeys({"anchors_choose", "version_add", "import_add", "import_go", "pictures_add"}, 400)
    assert answers == dict.fromkeys(LOOKED_AT | {"dataset_add"}, 200) | refused_forms


def test_what_is_not_there_is_not_found(client, addresses, carol):
    client.force_login(carol)
    for name, address in addresses.items():
        if name not in {"datasets", "dataset_add"}:
            gone = "/".join(part if not part.isdigit() else "999" for part in address.split("/"))
            assert asked(client, name, gone) == 404, name


def test_a_pending_image_has_a_page_and_no_file(client, masks, carol):
    client.force_login(carol)
    pending = Image.objects.get(external_id="c.jpg").pk
    answers = [client.get(f"/datasets/images/{pending}/{end}").status_code for end in ("", "file/", "thumbnail/")]
    assert answers == [200, 404, 404]


def test_images_of_an_unfinished_import_are_not_shown(client, masks, carol):
    client.force_login(carol)
    LabelImport.objects.update(finished_at=None)
    assert client.get(f"/datasets/images/{Image.objects.first().pk}/file/").status_code == 404
    assert client.get(f"/datasets/{masks.pk}/images/").context["page"].paginator.count == 0
