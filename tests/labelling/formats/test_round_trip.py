"""Out and in again gives the same boxes: to 0.01 pixel, in Pascal VOC to 1."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labelling.models import Box, Dataset, Image, LabelImport
from labelling.versions import version_create
from tests.labelling.makers import bbox, encoded, import_here, jpeg, noise, record, zipped

pytestmark = pytest.mark.django_db

ODD_CLASS = "=HYPERLINK(\"x\") <script>alert('1')</script> & 口罩: #1"
PRECISION = {"voc": 1, "yolo": 0.01, "coco": 0.01, "labelbox": 0.01}


def sideways() -> bytes:
    """A picture stored 37 x 61 and shown 61 x 37."""
    picture = noise(37, 61, seed=5)
    exif = picture.getexif()
    exif[0x0112] = 6
    return encoded(picture, exif=exif)


@pytest.fixture
def dataset(db) -> Dataset:
    """Boxes with fractions, tiny, at the edges; folders; a negative; an odd class; a turned picture."""
    records = [
        record("gate/1.jpg", [bbox("With mask", 2.127, 3.333, 10.456, 12.789), bbox(ODD_CLASS, 0, 0, 640, 481)]),
        record("yard/1.jpg", [bbox("no mask", 638.49, 479.51, 1.51, 1.49)]),
        record("sideways.jpg", [bbox("With mask", 40.25, 3.125, 20.5, 30.0625)]),
        record("none.png"),
    ]
    pictures = {
        "gate/1.jpg": jpeg(640, 481, 1),
        "yard/1.jpg": jpeg(640, 481, 2),
        "sideways.jpg": sideways(),
        "none.png": encoded(noise(seed=3), "PNG"),
    }
    return import_here(records, pictures).dataset


def boxes_of(dataset: Dataset) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Class and corners of the boxes of each picture, by the picture's content."""
    found: dict[str, list] = {image.sha256: [] for image in dataset.images.all()}
    for box in Box.objects.filter(image__dataset=dataset).select_related("image", "box_class").order_by("pk"):
        found[box.image.sha256].append((box.box_class.name, box.xyxy))
    return found


def same(first: Dataset, second: Dataset, precision: float) -> None:
    ours, theirs = boxes_of(first), boxes_of(second)
    assert ours.keys() == theirs.keys()
    for sha256, boxes in ours.items():
        assert [name for name, _xyxy in theirs[sha256]] == [name for name, _xyxy in boxes]
        for (_, one), (_, other) in zip(boxes, theirs[sha256], strict=True):
            assert other == pytest.approx(one, abs=precision)


def bring_back(capsys, path: Path, *arguments: object) -> dict:
    call_command("import_annotations", str(path), "--dataset", "again", "--json", *map(str, arguments))
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("target", ["out", "out.zip"])
@pytest.mark.parametrize("form", PRECISION)
def test_what_was_exported_comes_back(dataset, tmp_path, capsys, form, target):
    if (form, target) == ("labelbox", "out"):
        return  # an export of Labelbox is a file, or a zip of one
    path = tmp_path / target
    call_command("export_dataset", "--dataset", dataset.name, "--format", form, "--to", str(path), verbosity=0)
    capsys.readouterr()
    report = bring_back(capsys, path)
    assert (report["rows"], report["images"], report["negative"], report["boxes"]) == (4, 4, 1, 4)
    assert report["skipped"] == report["objects_skipped"] == []
    same(dataset, Dataset.objects.get(name="again"), PRECISION[form])


@pytest.mark.parametrize("form", PRECISION)
def test_a_version_comes_back_with_all_its_parts(dataset, tmp_path, capsys, form):
    version_create(dataset=dataset, by=None, shares=(0.5, 0.25, 0.25))
    path = tmp_path / "out.zip"
    arguments = ("--dataset", dataset.name, "--format", form, "--to", str(path), "--dataset-version", "1")
    call_command("export_dataset", *arguments, verbosity=0)
    capsys.readouterr()
    assert bring_back(capsys, path)["images"] == 4
    same(dataset, Dataset.objects.get(name="again"), PRECISION[form])


@pytest.mark.parametrize("form", ["yolo", "coco", "labelbox"])
def test_what_comes_back_into_its_dataset_adds_no_picture(dataset, tmp_path, capsys, form):
    path = tmp_path / "out.zip"
    call_command("export_dataset", "--dataset", dataset.name, "--format", form, "--to", str(path), verbosity=0)
    capsys.readouterr()
    call_command("import_annotations", str(path), "--dataset", dataset.name, "--json")
    assert (Image.objects.count(), Box.objects.count()) == (4, 4)


@pytest.mark.parametrize("form", ["voc", "yolo", "coco"])
def test_a_dry_run_gives_the_same_report_and_stores_nothing(dataset, tmp_path, capsys, form):
    path = tmp_path / "out"
    call_command("export_dataset", "--dataset", dataset.name, "--format", form, "--to", str(path), verbosity=0)
    capsys.readouterr()
    report = bring_back(capsys, path, "--format", form, "--dry-run")
    assert not Dataset.objects.filter(name="again").exists()
    assert bring_back(capsys, path) == report
    assert bring_back(capsys, path) == report
    assert Image.objects.filter(dataset__name="again").count() == 4


def test_pictures_may_lie_elsewhere(tmp_path, capsys):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    (tmp_path / "labels" / "b.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    (tmp_path / "classes.txt").write_text("with_mask\n")
    pictures = tmp_path / "pictures.zip"
    pictures.write_bytes(zipped({"x/a.jpg": jpeg(40, 30)}))
    report = bring_back(capsys, tmp_path, "--images", pictures, "--format", "yolo")
    assert (report["images"], [each["reason"] for each in report["skipped"]]) == (1, ["size-unknown"])
    assert Box.objects.get().xyxy == (10, 7.5, 30, 22.5)


def test_only_the_annotations_are_kept_of_a_folder(dataset, tmp_path, capsys):
    call_command(
        "export_dataset", "--dataset", dataset.name, "--format", "yolo", "--to", str(tmp_path / "x"), verbosity=0
    )
    capsys.readouterr()
    bring_back(capsys, tmp_path / "x")
    row = LabelImport.objects.get(dataset__name="again")
    assert row.export.size < 4000
    assert row.export_name == "x.zip"


def test_coco_without_its_pictures_is_pending(dataset, tmp_path, capsys):
    call_command("export_dataset", "--dataset", dataset.name, "--format", "coco", "--to", str(tmp_path), verbosity=0)
    capsys.readouterr()
    report = bring_back(capsys, tmp_path / "annotations" / "instances.json")
    assert (report["images"], report["pending"], report["boxes"]) == (0, 4, 4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no annotations as Pascal VOC, YOLO or COCO"),
        (["--format", "coco"], "no annotations as COCO"),
        (["--format", "yolo"], "no annotations as YOLO"),
    ],
)
def test_a_folder_without_annotations_is_one_sentence(tmp_path, arguments, words):
    (tmp_path / "a.jpg").write_bytes(jpeg())
    with pytest.raises(CommandError, match=words):
        call_command("import_annotations", str(tmp_path), "--dataset", "again", *arguments)
    assert not Dataset.objects.exists()


def test_a_path_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_annotations", str(tmp_path / "x"), "--dataset", "again")
    assert not Dataset.objects.exists()
