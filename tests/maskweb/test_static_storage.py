"""Static files as they are served."""

import re

import pytest
from django.core.management import call_command


@pytest.fixture
def collected(settings, tmp_path):
    """The folder of collected files under the storage that a server uses."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "maskweb.static_storage.ModuleStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_modules_import_one_another_by_hashed_names_that_exist(collected):
    hashed = [path for path in (collected / "js").glob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    imports = {path.name: re.findall(r"from \"(\./[^\"]+)\"", path.read_text()) for path in hashed}
    assert sum(map(len, imports.values())) > 0
    for importer, names in imports.items():
        for name in names:
            assert re.search(r"\.[0-9a-f]{12}\.js$", name), (importer, name)
            assert (collected / "js" / name).is_file(), (importer, name)
