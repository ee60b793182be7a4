"""The two walks through the code, clip and model, each of which goes one way. Read from the sources with ast."""

import ast
from collections.abc import Iterable
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from django.conf import settings

from jobs.kinds import kind_of

PACKAGES = ("maskweb", "accounts", "jobs", "releases", "labelling", "detection", "training", "yolo")

# Who calls whom: what a person asks for, the write that takes it, the job's runner. A job kind stands
# where one calls the next through the queue instead of an import.
CLIP_CALLS = ("detection.views.clips", "detection.services", "detection.process_clip", "detection.processing")
IMPORT_CALLS = ("labelling.views.imports", "labelling.services.imports", "labelling.import", "labelling.importing")
TRAINING_CALLS = ("training.views", "training.services", "training.run", "training.runs", "training.publishing")
CALLS = {"clip": CLIP_CALLS, "import": IMPORT_CALLS, "training": TRAINING_CALLS}

# What the runners hand data through: a stage may know the shape of what the stages before it gave.
CLIP_DATA = ("detection.frames", "detection.tracking", "detection.judging", "detection.stats", "detection.summaries")
IMPORT_DATA = ("labelling.labelbox", "labelling.outcomes", "labelling.importing", "labelling.versions")
TRAINING_DATA = ("labelling.versions", "training.samples", "training.runs")
NETWORK_DATA = ("yolo.anchors", "yolo.targets", "yolo.batches", "yolo.train")
DATA = {"clip": CLIP_DATA, "import": IMPORT_DATA, "training": TRAINING_DATA, "network": NETWORK_DATA}

# A write that the runner shares with the pages; everything else of services begins a walk.
SHARED_WRITES = {"detection.services.verdicts_attach"}
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
READERS = ("detection.stats", "detection.summaries", "detection.periods", "detection.timeline", "detection.overlay")


@cache
def modules() -> dict[str, Path]:
    root = Path(settings.BASE_DIR)
    files = (file for package in PACKAGES for file in (root / package).rglob("*.py"))
    return {".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def names_in(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Full names that import statements bring, `from a import b` as both `a` and `a.b`."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@cache
def imported_names(module: str) -> frozenset[str]:
    """What a module imports anywhere, inside of functions too."""
    return names_in(ast.walk(ast.parse(modules()[module].read_text())))


@cache
def imported_at_once(module: str) -> frozenset[str]:
    """The modules of ours that a module imports when it is imported itself, not only when a function runs."""
    body = ast.parse(modules()[module].read_text()).body
    return frozenset(name for name in names_in(body) if name in modules())


def everything_behind(module: str) -> set[str]:
    """The modules that come along when a module is imported."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = imported_at_once(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def calls(walk: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(pairwise(walk))


def is_job_kind(name: str) -> bool:
    return name not in modules()


@pytest.mark.parametrize("walk", CALLS.values(), ids=CALLS)
def test_each_caller_reaches_the_next_by_an_import_or_through_the_queue(walk):
    for caller, called in calls(walk):
        if is_job_kind(called):
            near = {caller, *everything_behind(caller)}  # the name may be a constant of the models
            named = any(f'"{called}"' in modules()[module].read_text() for module in near)
            assert named, f"{caller} does not name the job {called}"
        elif is_job_kind(caller):
            assert kind_of(caller).runner.rpartition(".")[0] == called
        else:
            assert called in imported_names(caller), f"{caller} does not import {called}"


@pytest.mark.parametrize("walk", CALLS.values(), ids=CALLS)
def test_nobody_calls_back(walk):
    stages = [name for name in walk if not is_job_kind(name)]
    for earlier, later in combinations(stages, 2):
        back = {name for name in imported_names(later) if name.startswith(f"{earlier}.")}
        assert back <= SHARED_WRITES, f"{later} calls {back}"


@pytest.mark.parametrize("walk", DATA.values(), ids=DATA)
def test_data_flows_one_way(walk):
    for earlier, later in combinations(walk, 2):
        assert later in modules(), later
        assert later not in everything_behind(earlier), f"{earlier} knows {later}, which comes after it"


@pytest.mark.parametrize("walk", CALLS.values(), ids=CALLS)
def test_pages_never_bring_the_runner_or_the_network_along(walk):
    heavy = {walk[-1], "yolo.detector", "yolo.train", "yolo.network"}
    for page in (name for name in walk[:2] if name in modules()):
        assert not everything_behind(page) & heavy


@pytest.mark.parametrize("module", READERS)
def test_what_counts_and_shows_writes_no_row(module):
    calls_made = (node for node in ast.walk(ast.parse(modules()[module].read_text())) if isinstance(node, ast.Call))
    attributes = {node.func.attr for node in calls_made if isinstance(node.func, ast.Attribute)}
    assert not attributes & WRITES


def test_the_last_stage_of_the_model_walk_is_registered_with_the_releases():
    assert "releases.services.release_register" in imported_names("training.publishing")
    assert "yolo.release" in imported_names("releases.services")
