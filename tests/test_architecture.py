"""The contracts of the house: who imports whom, what a web process loads, what background jobs need to start."""

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils.module_loading import import_string
from importlinter.cli import lint_imports

from jobs import broker, startup
from jobs.kinds import Kind, all_kinds

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("maskweb", "accounts", "jobs", "releases", "labelling", "detection", "training", "yolo")
NETWORK_LIBRARIES = {"keras", "tensorflow", "openvino", "nncf", "torch", "jax"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 40

WEB_PROCESS = """
import maskweb.asgi
from django.contrib import admin
from django.urls import get_resolver

def walk(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            walk(entry)

walk(get_resolver())
assert admin.site._registry
"""


def modules_loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh process holds after running the code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def registered_kinds() -> list[Kind]:
    return [kind for kind in all_kinds() if not kind.name.startswith("tests.")]


def test_the_import_contracts_are_kept(monkeypatch):
    # It sets logging up anew, which silences every logger there is: tests that came later heard nothing.
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda verbose: None)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_a_web_process_loads_no_network_library():
    loaded = modules_loaded_by(WEB_PROCESS)
    assert "django" in loaded
    assert not loaded & NETWORK_LIBRARIES


def test_the_same_look_does_see_the_libraries_in_a_worker():
    setup = "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'maskweb.settings'\ndjango.setup()\n"
    assert "keras" in modules_loaded_by(setup + "import keras")
    assert modules_loaded_by(setup + "import training.runs, yolo.train") & NETWORK_LIBRARIES


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_kinds_of_work_are_known():
    assert {kind.name for kind in registered_kinds()} >= {
        "detection.process_clip",
        "labelling.import",
        "training.run",
    }


@pytest.mark.parametrize("kind", registered_kinds(), ids=lambda kind: kind.name)
def test_a_kind_has_a_runner_a_page_and_a_rule_who_sees_it(kind):
    assert inspect.signature(import_string(kind.runner)).bind("reporter", 1)
    if kind.page:
        assert reverse(kind.page, args=[1])
    if kind.visible:
        assert inspect.signature(import_string(kind.visible)).bind("user", 1)
    if kind.achieved:
        assert inspect.signature(import_string(kind.achieved)).bind(1)


@pytest.mark.parametrize("dotted_name", [broker.TASK, *startup._actions, *startup._chores])
def test_what_is_called_by_name_can_be_imported(dotted_name):
    assert callable(import_string(dotted_name))


def test_no_file_is_too_long():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long():
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines")
    assert found == []


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "misc", "signals"}
    assert [path for path in sources() if path.stem in drawers] == []
