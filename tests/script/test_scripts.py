"""The two commands of the README on machines that lack something: one sentence each, and no traceback."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ("sh", "dirname", "uname", "cat", "cksum", "mkdir", "rm", "mktemp")
GOOD_PYTHON = 'case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with the scripts, and a folder `bin` that holds all the programs there are."""
    shutil.copytree(Path(settings.BASE_DIR) / "script", tmp_path / "script")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or "")
    return tmp_path


def program(clone: Path, name: str, body: str) -> None:
    path = clone / "bin" / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def run(clone: Path, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(clone / "bin"), "HOME": os.environ.get("HOME", "/"), **variables}
    return subprocess.run(
        [clone / "script" / script, *arguments], env=env, text=True, capture_output=True, timeout=30, cwd="/"
    )


@pytest.mark.parametrize("script", ["server", "test"])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_says_what_the_script_does_and_does_nothing(clone, script, option):
    done = run(clone, script, option)
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: script/{script}")
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("script", ["server", "test"])
def test_without_a_fitting_python_it_names_those_that_fit(clone, script):
    program(clone, "python3", "exit 1")  # as Python 3.10 or 3.14 answers
    done = run(clone, script)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "maskweb needs Python 3.11, 3.12 or 3.13, and none of them was found on this machine.\n"


def test_the_python_that_is_named_is_taken(clone):
    program(clone, "python3.13", GOOD_PYTHON)
    program(clone, "python3.11", GOOD_PYTHON)
    assert "bin/python3.11 cannot make" in run(clone, "server", MASKWEB_PYTHON="python3.11").stderr


def test_a_named_python_that_does_not_fit_is_told(clone):
    program(clone, "python3.10", "exit 1")
    done = run(clone, "server", MASKWEB_PYTHON="python3.10")
    assert done.stderr.endswith("none of them was found as python3.10 on this machine.\n")


def test_a_python_that_makes_no_environments_is_named_with_the_way_out(clone):
    program(clone, "python3.12", GOOD_PYTHON)
    done = run(clone, "server")
    assert done.returncode == 1
    assert done.stderr.endswith("cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv\n")


@pytest.mark.parametrize(("system", "machine"), [("FreeBSD", "riscv64"), ("Darwin", "x86_64")])
def test_another_machine_is_refused_by_its_name(clone, system, machine):
    program(clone, "uname", f'[ "$1" = -s ] && echo {system} || echo {machine}')
    assert run(clone, "server").stderr.endswith(f"this is {system} on {machine}.\n")


def make_venv(clone: Path, *, pip_status: int) -> Path:
    """An environment whose Python writes down what it is asked for; the log."""
    log = clone / "asked.txt"
    (clone / ".venv" / "bin").mkdir(parents=True)
    body = f'echo "$*" >> {log}\ncase "$*" in *install*) exit {pip_status} ;; *) exit 0 ;; esac'
    program(clone, "python", body)
    (clone / "bin" / "python").rename(clone / ".venv" / "bin" / "python")
    return log


def test_a_failed_installation_is_told_and_tried_again_the_next_time(clone):
    log = make_venv(clone, pip_status=1)
    for _ in range(2):
        assert "Installing requirements.txt failed" in run(clone, "server").stderr
    assert log.read_text().count("-r requirements.txt") == 2
    assert "manage.py" not in log.read_text()


def test_the_server_installs_once_until_the_requirements_change_and_passes_its_options_on(clone):
    log = make_venv(clone, pip_status=0)
    for _ in range(2):
        assert run(clone, "server", "--port", "8001").returncode == 0
    assert log.read_text().count("install") == 1
    assert log.read_text().count("manage.py up --port 8001") == 2
    (clone / "requirements.txt").write_text("Django\n")
    run(clone, "server")
    assert log.read_text().count("install") == 2


def test_with_arguments_only_pytest_runs_and_its_status_is_that_of_the_script(clone):
    log = make_venv(clone, pip_status=0)
    for name in ("ruff", "mypy", "lint-imports"):
        program(clone, name, f"echo {name} >> {log}")
    env_python = clone / ".venv" / "bin" / "python"
    env_python.write_text(f'#!/bin/sh\necho "$*" >> {log}\ncase "$*" in *pytest*) exit 3 ;; *) exit 0 ;; esac\n')
    done = run(clone, "test", "tests/jobs", "-k", "cancel")
    assert done.returncode == 3
    assert "-m pytest tests/jobs -k cancel" in log.read_text()
    assert not {"ruff", "mypy", "lint-imports"} & set(log.read_text().split())


def test_a_check_that_finds_something_ends_the_script(clone):
    log = make_venv(clone, pip_status=0)
    program(clone, "ruff", "exit 1")
    (clone / "bin" / "ruff").rename(clone / ".venv" / "bin" / "ruff")
    done = run(clone, "test")
    assert done.returncode == 1
    assert "ruff found something" in done.stderr
    assert "pytest" not in log.read_text()


@pytest.mark.parametrize(
    ("status", "closing"), [(0, "12 passed, 3 deselected in 4.20s"), (1, "1 failed, 11 passed in 61.00s (0:01:01)")]
)
def test_ci_ends_with_the_closing_line_of_the_runner_and_its_status(clone, status, closing):
    shutil.copytree(Path(settings.BASE_DIR) / ".ci", clone / ".ci")
    seen = 'echo "$MASKWEB_REQUIRE_SHARED $MASKWEB_REQUIRE_BROWSER"'
    (clone / "script" / "test").write_text(f"#!/bin/sh\n{seen}\necho '{closing}'\necho late words >&2\nexit {status}\n")
    env = {**os.environ, "CHROMIUM": "/usr/bin/true", "MASKWEB_REQUIRE_SHARED": "0", "CI": "true"}
    env.pop("MASKWEB_REQUIRE_BROWSER", None)
    done = subprocess.run([clone / ".ci" / "run"], env=env, text=True, capture_output=True, timeout=30, cwd="/")
    assert done.returncode == status
    assert done.stdout.splitlines()[0] == "0 1", "a value already set is kept, the other is required"
    assert done.stdout.splitlines()[-1] == closing
