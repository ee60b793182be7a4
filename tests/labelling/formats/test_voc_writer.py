"""Pascal VOC, read back by what training reads it with."""

import pytest
from defusedxml.ElementTree import fromstring

from labelling.exporting import write_folder
from labelling.formats.content import content_of
from labelling.formats.voc_writer import voc_entries, whole_pixels
from labelling.models import Dataset
from labelling.versions import version_create
from tests.labelling.makers import bbox, import_here, jpeg, record
from yolo.voc import read_voc


@pytest.mark.parametrize(
    ("box", "pixels"),
    [
        ((2.4, 3.5, 10.6, 12), (2, 4, 11, 12)),
        ((9.6, 9.7, 10, 10), (9, 9, 10, 10)),
        ((3.1, 3.1, 3.4, 3.4), (3, 3, 4, 4)),
    ],
)
def test_boxes_are_rounded_to_whole_pixels_and_stay_boxes(box, pixels):
    assert whole_pixels(box) == pixels


@pytest.mark.django_db
def test_what_is_written_can_be_read_again(tmp_path):
    records = [
        record("with/1.jpg", [bbox("With mask", 2, 3, 10, 12), bbox("<odd> & \x01name", 20, 5, 5, 5)]),
        record("without/1.jpg"),
        record("pending.jpg"),
    ]
    import_here(records, {"with/1.jpg": jpeg(40, 30, 1), "without/1.jpg": jpeg(50, 20, 2)})
    write_folder(voc_entries(content_of(Dataset.objects.get())), tmp_path, on_progress=lambda: None)
    folder = read_voc(tmp_path)
    assert folder.problems == ()
    assert folder.classes == ("<odd> & name", "with_mask")
    first, second = folder.samples
    assert (first.path.name, second.path.name) == ("with-1.jpg", "without-1.jpg")
    assert first.boxes.tolist() == [[2, 3, 12, 15], [20, 5, 25, 10]]
    assert second.boxes.tolist() == []
    assert first.path.read_bytes() == jpeg(40, 30, 1)


@pytest.mark.django_db
def test_an_annotation_states_width_height_and_depth():
    import_here([record("a.jpg")], {"a.jpg": jpeg(40, 30)})
    entries = {entry.path: entry.content for entry in voc_entries(content_of(Dataset.objects.get()))}
    size = fromstring(entries["Annotations/a.xml"]).find("size")
    assert [(node.tag, node.text) for node in size] == [("width", "40"), ("height", "30"), ("depth", "3")]


@pytest.mark.django_db
def test_pictures_whose_names_clash_without_folders_both_arrive():
    import_here([record("a/1.jpg"), record("a-1.jpg")], {"a/1.jpg": jpeg(seed=1), "a-1.jpg": jpeg(seed=2)})
    paths = [entry.path for entry in voc_entries(content_of(Dataset.objects.get()))]
    assert len(set(paths)) == 4


@pytest.mark.django_db
def test_the_split_of_a_version_is_listed(masks):
    version = version_create(dataset=masks, by=None)
    entries = {entry.path: b"".join(entry.pieces()) for entry in voc_entries(content_of(masks, version))}
    lists = {path: text.decode().split() for path, text in entries.items() if path.startswith("ImageSets/Main/")}
    stems = {"train": "train", "validation": "val", "test": "test"}
    expected: dict[str, list[str]] = {}
    for frozen in version.images.order_by("image__external_id"):
        path = f"ImageSets/Main/{stems[frozen.split]}.txt"
        expected.setdefault(path, []).append(frozen.image.external_id.removesuffix(".jpg"))
    assert lists == expected
