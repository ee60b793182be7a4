import io
import json

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management import CommandError, call_command

from jobs import data_folder
from jobs.commands import DataCommand
from jobs.reporter import JobFailure

pytestmark = pytest.mark.django_db


class Counting(DataCommand):
    """Says one thing and finds another; `--fail` ends it as the named error does."""

    failures = {
        "job": JobFailure("The file is no video."),
        "form": ValidationError(["One.", "Two."]),
        "field": ValidationError({"net_size": ["Too small.", "Odd."], "version": "Empty.", "extra": "x is below 0."}),
        "other": ValidationError({"sha256": "Known.", NON_FIELD_ERRORS: "All wrong."}),
    }
    option_of = {"version": "--dataset", "extra": ""}

    def add_arguments(self, parser):
        parser.add_argument("--fail")
        parser.add_argument("-n", "--net-size", type=int)

    def handle(self, *args, **options):
        self.say("counting …")
        if options["fail"]:
            raise self.failures.get(options["fail"], ZeroDivisionError("a bug"))
        self.result({"count": 3, "name": "Straße"})


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(Counting(), *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_with_json_standard_output_is_one_object_and_the_rest_goes_to_standard_error():
    out, err = run("--json")
    assert json.loads(out) == {"count": 3, "name": "Straße"}
    assert err == "counting …\n"


def test_without_json_each_value_has_a_line():
    assert run()[0] == "count: 3\nname: Straße\n"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("job", "The file is no video."),
        ("form", "One. Two."),
        ("field", "--net-size: Too small. --net-size: Odd. --dataset: Empty. x is below 0."),
        ("other", "sha256: Known. All wrong."),
    ],
)
def test_an_error_for_people_ends_the_command_with_its_sentence(kind, sentence):
    with pytest.raises(CommandError, match=f"^{sentence}$"):
        run("--json", "--fail", kind)


def test_a_bug_is_not_dressed_up_as_a_sentence():
    with pytest.raises(ZeroDivisionError):
        run("--fail", "bug")


def test_a_database_server_is_never_migrated_unasked(settings, monkeypatch):
    settings.EMBEDDED = False
    monkeypatch.setattr(data_folder, "migrations_wait", lambda: pytest.fail("looked at the tables"))
    assert data_folder.data_folder_prepare() is False


def test_a_prepared_folder_is_left_as_it_is(settings):
    assert data_folder.data_folder_prepare() is False
    assert settings.FILE_UPLOAD_TEMP_DIR.is_dir()
