"""The commands that scripts call: JSON alone on standard output, sentences on standard error."""

import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from labelling.models import Box, Dataset, DatasetVersion, Image, LabelImport
from tests.labelling.makers import bbox, jpeg, record, zipped
from tests.labelling.web_server import serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path) -> Path:
    path = tmp_path / "export.json"
    path.write_text(
        json.dumps(
            [
                record("a.jpg", [bbox("With mask", 2, 3, 10, 12), bbox("deer", 20, 5, 5, 5), bbox("x", 0, 0, 0, 1)]),
                record("b.jpg"),
                record("c.jpg", [bbox("no mask", 2, 3, 10, 12)]),
                record("d.jpg", Skipped=True),
            ]
        )
    )
    return path


@pytest.fixture
def pictures(tmp_path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed, name in enumerate(("a.jpg", "b.jpg")):
        (folder / name).write_bytes(jpeg(seed=seed))
    return folder


REPORT = {
    "rows": 4,
    "images": 2,
    "boxes": 3,
    "negative": 1,
    "pending": 1,
    "skipped": [
        {
            "row": 4,
            "id": "id-d.jpg",
            "reason": "skipped-in-labelbox",
            "message": "The picture was skipped in Labelbox.",
        }
    ],
    "objects_skipped": [{"row": 1, "reason": "degenerate-box", "message": "The box has no area."}],
    "classes": {"with_mask": 1, "animal": 1, "without_mask": 1},
    "files": {"sent": 2, "without_record": 0, "first": []},
}


def command(capsys, *arguments) -> dict:
    """The one JSON object of a command's standard output."""
    call_command(*map(str, arguments), "--json")
    return json.loads(capsys.readouterr().out)


def test_import_prints_its_report(export, pictures, capsys):
    arguments = ("import_labelbox", export, "--images", pictures, "--dataset", "masks", "--map", "Deer=animal")
    assert command(capsys, *arguments) == REPORT
    assert (Image.objects.count(), Box.objects.count()) == (3, 3)
    assert LabelImport.objects.get().job.state == "succeeded"
    assert command(capsys, *arguments) == REPORT
    assert (Image.objects.count(), Box.objects.count()) == (3, 3)


def test_a_dry_run_gives_the_same_report_and_stores_nothing(export, pictures, capsys, settings):
    zip_path = pictures.parent / "pictures.zip"
    zip_path.write_bytes(zipped({path.name: path.read_bytes() for path in pictures.iterdir()}))
    arguments = ("import_labelbox", export, "--images", zip_path, "--dataset", "masks", "--map", "Deer=animal")
    assert command(capsys, *arguments, "--dry-run") == REPORT
    assert not Dataset.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_files_that_belong_to_no_record_are_named_in_words(export, pictures, capsys):
    for number in range(12):
        (pictures / f"other-{number:02}.jpg").write_bytes(b"")
    call_command("import_labelbox", str(export), "--images", str(pictures), "--dry-run")
    told = [line for line in capsys.readouterr().out.splitlines() if "no record" in line]
    named = ", ".join(f"other-{number:02}.jpg" for number in range(10))
    assert told == [f"12 of 14 files belong to no record: {named}, …"]


def test_a_dry_run_needs_no_dataset_and_an_import_asks_for_one(export, pictures, capsys):
    arguments = ("import_labelbox", export, "--images", pictures, "--map", "Deer=animal")
    assert command(capsys, *arguments, "--dry-run") == REPORT
    for name in ([], ["--dataset", " "]):
        with pytest.raises(CommandError, match="Into which dataset"):
            call_command(*map(str, arguments), *name)
    assert not Dataset.objects.exists()


def test_without_pictures_all_are_pending(export, capsys):
    report = command(capsys, "import_labelbox", export, "--dataset", "masks")
    assert (report["images"], report["pending"], report["boxes"]) == (0, 3, 3)


def test_missing_pictures_are_read_from_their_addresses_if_wished(tmp_path, capsys, settings):
    with serving() as web:
        settings.FETCH_HOSTS_ALLOWED = [f"127.0.0.1:{web.port}"]
        addresses = {"a.jpg": web.give("/a.jpg", jpeg()), "b.jpg": web.address("/b.jpg")}
        path = tmp_path / "export.json"
        path.write_text(json.dumps([record(name, **{"Labeled Data": addresses[name]}) for name in addresses]))
        report = command(capsys, "import_labelbox", path, "--dataset", "masks", "--fetch")
    assert report["pending"] == 2
    assert report["fetch"] == {"wanted": 2, "fetched": 1, "failed": {"not-found": 1}}
    assert Image.objects.exclude(file="").get().external_id == "a.jpg"


def test_nothing_is_read_where_nothing_is_missing(tmp_path, pictures, capsys):
    path = tmp_path / "export.json"
    path.write_text(json.dumps([record("a.jpg")]))
    report = command(capsys, "import_labelbox", path, "--images", pictures, "--dataset", "masks", "--fetch")
    assert report["fetch"] == {"wanted": 0, "fetched": 0, "failed": {}}


def test_a_dry_run_reads_no_pictures(export):
    with pytest.raises(CommandError, match="--fetch stores pictures"):
        call_command("import_labelbox", str(export), "--dataset", "masks", "--dry-run", "--fetch")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read: No such file"), ("[{]", "line 1, column 3"), ("7", "neither a list")],
)
def test_an_export_that_cannot_be_read_is_one_sentence_and_leaves_nothing(tmp_path, content, sentence):
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        call_command("import_labelbox", str(path), "--dataset", "masks")
    assert not Dataset.objects.exists()


def test_a_folder_in_the_place_of_an_export_is_one_sentence(pictures):
    with pytest.raises(CommandError, match=r"is a folder\. Name the export file in it"):
        call_command("import_labelbox", str(pictures), "--dry-run")


def test_pictures_that_are_not_there_are_told_before_the_export_is_read(export, tmp_path):
    with pytest.raises(CommandError, match="There is no folder or zip of pictures at"):
        call_command("import_labelbox", str(export), "--dry-run", "--images", str(tmp_path / "none"))


def test_a_person_reads_figures_and_each_reason_once(export, pictures, capsys):
    call_command("import_labelbox", str(export), "--images", str(pictures), "--dry-run")
    assert capsys.readouterr().out.splitlines() == [
        "4 records: 2 images, 1 whose picture is missing, 1 left out",
        "3 boxes; 1 of the images are without boxes",
        "classes: with_mask 1, deer 1, without_mask 1",
        "left out:",
        "  1 × skipped-in-labelbox, in the rows 4",
        "    The picture was skipped in Labelbox.",
        "objects that became no box:",
        "  1 × degenerate-box, in the rows 1",
        "    The box has no area.",
        "Pictures are missing: name their folder or zip with --images, or have them read from their addresses",
        "with --fetch. Until then their images wait in the dataset.",
    ]


def test_many_rows_of_one_reason_are_not_all_named(tmp_path, capsys):
    path = tmp_path / "export.json"
    path.write_text(json.dumps([record(f"{number}.jpg", Label="Skip") for number in range(12)]))
    call_command("import_labelbox", str(path), "--dry-run")
    assert "  12 × skipped-in-labelbox, in the rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …" in capsys.readouterr().out


@pytest.mark.parametrize("dry_run", [["--dry-run"], []])
def test_pictures_that_are_neither_folder_nor_zip_are_one_sentence(export, dry_run):
    with pytest.raises(CommandError, match="neither a folder nor a zip"):
        call_command("import_labelbox", str(export), "--images", str(export), "--dataset", "masks", *dry_run)


def test_a_mapping_that_is_none_is_refused(export):
    with pytest.raises(CommandError, match="not FROM=TO"):
        call_command("import_labelbox", str(export), "--dataset", "masks", "--map", "deer")


def test_a_version_is_frozen(export, pictures, capsys):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    result = command(capsys, "dataset_version", "--dataset", "masks", "--seed", "4")
    version = DatasetVersion.objects.get()
    assert result == {
        "version": 1,
        "id": version.pk,
        "classes": ["with_mask", "deer"],
        "images": {split: version.images.filter(split=split).count() for split in result["images"]},
        "left_out": 0,
        "content_sha256": version.content_sha256,
    }
    assert (version.seed, sum(result["images"].values())) == (4, 2)


def test_the_test_split_of_a_version_is_locked(export, pictures, capsys):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    Image.objects.filter(external_id="a.jpg").update(fixed_split="test")
    command(capsys, "dataset_version", "--dataset", "masks", "--lock-test")
    assert Dataset.objects.get().locked_test == DatasetVersion.objects.get()


def test_a_file_says_which_part_each_picture_belongs_to(export, pictures, capsys, tmp_path):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    first, second = sorted(Image.objects.exclude(file="").values_list("external_id", flat=True))
    (tmp_path / "splits.csv").write_text(f"picture,split\n{first},test\n{second},train\n", encoding="utf-8-sig")
    for seed in ("1", "2", "3"):
        result = command(
            capsys, "dataset_version", "--dataset", "masks", "--seed", seed, "--splits", tmp_path / "splits.csv"
        )
        assert result["images"] == {"test": 1, "train": 1}
    frozen = DatasetVersion.objects.first().images.values_list("image__external_id", "split")
    assert dict(frozen) == {first: "test", second: "train"}
    assert AuditEntry.objects.filter(action="images_fix_split").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,part\na.jpg,test\n", "does not begin with the line picture,split"),
        ("", "does not begin with the line picture,split"),
        ("picture,split\na.jpg,test\nb.jpg,dev\n", r"Line 3 of .* is not the name of a picture and one of"),
        ("picture,split\na.jpg\n", r"Line 2 of .* is not the name of a picture and one of"),
        ("picture,split\na.jpg,test\na.jpg,train\n", r"Line 3 of .* names a.jpg again"),
        ("picture,split\na.jpg,test\nz.jpg,train\n", r"masks has no picture z.jpg\."),
        ("picture,split\ny.jpg,test\nz.jpg,train\n", r"masks lacks 2 of these pictures: y.jpg, z.jpg\."),
    ],
)
def test_a_file_of_parts_that_is_wrong_changes_nothing(export, pictures, capsys, tmp_path, text, sentence):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    (tmp_path / "splits.csv").write_text(text)
    with pytest.raises(CommandError, match=sentence):
        call_command("dataset_version", "--dataset", "masks", "--splits", str(tmp_path / "splits.csv"))
    with pytest.raises(CommandError, match="There is no file"):
        call_command("dataset_version", "--dataset", "masks", "--splits", str(tmp_path / "nothing.csv"))
    assert not DatasetVersion.objects.exists()
    assert not Image.objects.exclude(fixed_split="").exists()


def test_voc_is_written(export, pictures, capsys, tmp_path):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    result = command(capsys, "export_voc", "--dataset", "masks", "--to", tmp_path / "voc")
    assert result == {"dataset": "masks", "images": 2, "folder": str(tmp_path / "voc")}
    names = sorted(path.relative_to(tmp_path / "voc").as_posix() for path in (tmp_path / "voc").rglob("*.*"))
    assert names == ["Annotations/a.xml", "Annotations/b.xml", "JPEGImages/a.jpg", "JPEGImages/b.jpg"]


def test_a_dataset_is_exported_into_a_folder(export, pictures, capsys, tmp_path):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    arguments = ("export_dataset", "--dataset", "masks", "--format", "yolo", "--to", tmp_path / "yolo")
    assert command(capsys, *arguments) == {
        "dataset": "masks",
        "version": None,
        "format": "yolo",
        "images": 2,
        "boxes": 2,
        "to": str(tmp_path / "yolo"),
    }
    names = sorted(path.relative_to(tmp_path / "yolo").as_posix() for path in (tmp_path / "yolo").rglob("*.*"))
    assert names == [
        "data.yaml",
        "images/train/a.jpg",
        "images/train/b.jpg",
        "labels/train/a.txt",
        "labels/train/b.txt",
    ]


def test_a_version_is_exported_into_a_zip(export, pictures, capsys, tmp_path):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    command(capsys, "dataset_version", "--dataset", "masks")
    Box.objects.all().delete()
    target = tmp_path / "new" / "masks.zip"
    arguments = ("export_dataset", "--dataset", "masks", "--format", "coco", "--to", target, "--dataset-version", 1)
    result = command(capsys, *arguments)
    assert (result["version"], result["images"], result["boxes"]) == (1, 2, 2)
    assert zipfile.ZipFile(target).testzip() is None


def test_a_version_that_is_not_there_is_one_sentence(export, capsys, tmp_path):
    command(capsys, "import_labelbox", export, "--dataset", "masks")
    arguments = ("--dataset", "masks", "--format", "voc", "--to", str(tmp_path / "x"), "--dataset-version", "3")
    with pytest.raises(CommandError, match=r"masks has no version 3\. There are: none yet"):
        call_command("export_dataset", *arguments)


def test_anchors_are_found(export, pictures, capsys):
    command(capsys, "import_labelbox", export, "--images", pictures, "--dataset", "masks")
    # The pictures are 40 wide, so that boxes of 5 x 5 and 10 x 12 are ten times as large at a net size of 400.
    result = command(capsys, "anchors", "--dataset", "masks", "--net-size", "400", "--count", "2")
    assert result == {"anchors": [[50, 50], [100, 120]], "mean_iou": 1}


@pytest.mark.parametrize("name", ["anchors", "dataset_version", "export_voc", "export_dataset"])
def test_an_unknown_dataset_is_one_sentence(name, tmp_path):
    extra = {"export_voc": ["--to", str(tmp_path)], "export_dataset": ["--to", str(tmp_path), "--format", "coco"]}
    with pytest.raises(CommandError, match="There is no dataset named 'none'"):
        call_command(name, "--dataset", "none", *extra.get(name, []))


@pytest.mark.shared
def test_the_export_of_2020_gives_706_images_and_3336_boxes(shared_data, capsys):
    arguments = (
        "import_labelbox",
        shared_data / "labelbox" / "face-mask-2020-objects.json",
        "--images",
        shared_data / "face-mask" / "images",
        "--dataset",
        "face-mask",
    )
    expected = {
        "rows": 706,
        "images": 706,
        "boxes": 3336,
        "negative": 0,
        "pending": 0,
        "skipped": [],
        "objects_skipped": [],
        "classes": {"with_mask": 2692, "without_mask": 540, "worn_incorrectly": 104},
        "files": {"sent": 706, "without_record": 0, "first": []},
    }
    assert command(capsys, *arguments, "--dry-run") == expected
    assert command(capsys, *arguments) == expected
    assert command(capsys, *arguments) == expected
    assert (Image.objects.count(), Box.objects.count()) == (706, 3336)
    anchors = command(capsys, "anchors", "--dataset", "face-mask", "--net-size", "416", "--count", "9")
    areas = [width * height for width, height in anchors["anchors"]]
    assert areas == sorted(areas)
    assert 0.75 < anchors["mean_iou"] < 0.85
