"""The benchmark of imports makes an export that is imported whole."""

import json
import zipfile

import pytest

from benchmarks.labelling_import import make_export, measure


def test_the_export_is_the_same_each_time_and_its_pictures_are_all_different(tmp_path):
    (tmp_path / "again").mkdir()
    export, pictures = make_export(tmp_path, 12)
    again, _pictures = make_export(tmp_path / "again", 12)
    assert export.read_bytes() == again.read_bytes()
    records = json.loads(export.read_text())
    assert [len(record["Label"]["objects"]) for record in records] == [5] * 12
    with zipfile.ZipFile(pictures) as archive:
        assert archive.namelist() == [record["External ID"] for record in records]
        assert len({archive.read(name) for name in archive.namelist()}) == 12


@pytest.mark.slow
def test_it_measures_both_ways_while_a_site_answers(tmp_path):
    found = measure(30, tmp_path)
    assert {name: (found[name]["images"], found[name]["boxes"]) for name in ("dry_run", "import")} == {
        "dry_run": (30, 150),
        "import": (30, 150),
    }
    assert found["import"]["peak_mb"] > 10
    assert found["import"]["site"]["failed"] == 0 < found["import"]["site"]["asked"]
