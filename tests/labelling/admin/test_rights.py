"""Who may do what in the administration of datasets, and that all of it goes through the services."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

from labelling.models import Box, BoxClass, Dataset, DatasetVersion, Image
from labelling.versions import version_create
from tests.labelling.admin.conftest import act

pytestmark = pytest.mark.django_db

EVERYBODY = ("manager", "annotator", "engineer")
# Action: its table, and who finds it there.
ACTIONS = {
    "put_into_split": ("image", {"manager"}),
    "prelabel": ("image", {"manager", "annotator"}),
    "export": ("image", set(EVERYBODY)),
    "mark_labelled": ("image", {"manager", "annotator"}),
    "mark_unlabelled": ("image", {"manager", "annotator"}),
    "merge": ("boxclass", {"manager"}),
    "import_export": ("dataset", {"manager"}),
    "lock_test": ("datasetversion", {"manager"}),
    "unlock_test": ("datasetversion", {"manager"}),
}
# Page: who may open it.
PAGES = {
    "dataset/{dataset}/import/": {"manager"},
    "dataset/{dataset}/export/": set(EVERYBODY),
    "dataset/{dataset}/freeze/": {"manager"},
    "dataset/add/": {"manager"},
    "dataset/{dataset}/delete/": {"manager"},
    "image/{image}/delete/": {"manager"},
    "box/add/": {"manager", "annotator"},
    "box/{box}/delete/": {"manager", "annotator"},
    "boxclass/add/": set(),
    "boxclass/{boxclass}/delete/": set(),
    "datasetversion/add/": set(),
    "datasetversion/{datasetversion}/delete/": set(),
    "image/add/": set(),
    "image/": set(EVERYBODY),
    "box/": set(EVERYBODY),
    "dataset/": set(EVERYBODY),
}


@pytest.fixture
def keys(masks) -> dict[str, int]:
    version_create(dataset=masks, by=None)
    Image.objects.filter(file="").update(labelled=True)
    models = (Dataset, Image, Box, BoxClass, DatasetVersion)
    return {model._meta.model_name: model.objects.order_by("-pk").first().pk for model in models}


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_offered_and_done_for_those_with_the_right_alone(request, keys, action, role):
    client = request.getfixturevalue(role)
    table, who = ACTIONS[action]
    page = client.get(f"/admin/labelling/{table}/").content.decode()
    assert (f'<option value="{action}">' in page) == (role in who)
    before = list(Image.objects.values_list("labelled", "fixed_split"))
    answer = act(client, table, action, [keys[table]], split="test", into=keys["boxclass"], export_format="voc")
    if role not in who:
        assert "text/html" in answer["Content-Type"]
        assert list(Image.objects.values_list("labelled", "fixed_split")) == before
        assert BoxClass.objects.count() == 3
        assert not Dataset.objects.exclude(locked_test=None).exists()


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_those_with_the_right_alone(request, keys, page, role):
    client = request.getfixturevalue(role)
    answer = client.get(f"/admin/labelling/{page.format(**keys)}")
    assert answer.status_code == (200 if role in PAGES[page] else 403)


@pytest.mark.parametrize("role", ["annotator", "engineer"])
def test_only_managers_change_images_and_classes(request, keys, role):
    client = request.getfixturevalue(role)
    for table in ("image", "boxclass", "dataset"):
        answer = client.post(f"/admin/labelling/{table}/{keys[table]}/change/", {"name": "x", "labelled": ""})
        assert answer.status_code == 403
    assert not BoxClass.objects.filter(name="x").exists()


def admins() -> list[admin.ModelAdmin]:
    return [each for model, each in admin.site._registry.items() if model._meta.app_label == "labelling"]


WRITES = {"save", "delete", "update", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def test_no_class_of_the_administration_writes_by_itself(rf, alice):
    """Whatever can be changed or deleted there is so by a method of the class, and that calls a service."""
    request = rf.get("/")
    request.user = alice
    alice.is_superuser = alice.is_staff = True
    for each in admins():
        name = type(each).__name__
        if each.has_add_permission(request) or each.has_change_permission(request):
            assert type(each).save_model is not admin.ModelAdmin.save_model, name
        if each.has_delete_permission(request):
            assert type(each).delete_model is not admin.ModelAdmin.delete_model, name
            assert type(each).delete_queryset is not admin.ModelAdmin.delete_queryset, name


def test_no_module_of_the_administration_calls_what_writes_rows():
    for path in sorted((Path(settings.BASE_DIR) / "labelling" / "admin").glob("*.py")):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        writing = [each.attr for each in calls if isinstance(each, ast.Attribute) and each.attr in WRITES]
        assert writing == [], path.name


def test_the_writes_that_are_looked_for_exist():
    assert all(hasattr(Box.objects.all(), name) or hasattr(Box, name) for name in WRITES)
