import pytest

from yolo.voc import VocError, read_voc

OBJECT = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"


@pytest.fixture
def voc(tmp_path):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "images").mkdir()
    return tmp_path


def add(folder, name, *objects, picture=True, filename=None, size=(100, 80), text=None):
    if picture:
        (folder / "images" / f"{name}.jpg").touch()
    body = "".join(OBJECT.format(*each) for each in objects)
    whole = (
        f"<annotation><filename>{filename or name + '.jpg'}</filename>"
        f"<size><width>{size[0]}</width><height>{size[1]}</height></size>{body}</annotation>"
    )
    (folder / "annotations" / f"{name}.xml").write_text(whole if text is None else text, encoding="utf-8")


def test_it_reads_boxes_and_sorted_classes(voc):
    add(voc, "a", ("without_mask", 1, 2, 30, 40), ("with_mask", 5.5, 6, 7, 8))
    found = read_voc(voc)
    assert found.classes == ("with_mask", "without_mask")
    (sample,) = found.samples
    assert sample.path == voc / "images" / "a.jpg"
    assert sample.boxes.tolist() == [[1, 2, 30, 40], [5.5, 6, 7, 8]]
    assert sample.labels.tolist() == [1, 0]
    assert found.problems == ()


def test_it_reads_the_folders_of_the_pascal_challenge(tmp_path):
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "JPEGImages").mkdir()
    (tmp_path / "JPEGImages" / "a.jpg").touch()
    (tmp_path / "Annotations" / "a.xml").write_text("<annotation><filename>a.jpg</filename></annotation>")
    assert len(read_voc(tmp_path).samples) == 1


def test_the_misspelt_class_of_the_public_data_is_renamed(voc):
    add(voc, "a", ("mask_weared_incorrect", 1, 2, 3, 4))
    assert read_voc(voc).classes == ("worn_incorrectly",)
    assert read_voc(voc, mapping={"mask_weared_incorrect": "wrong"}).classes == ("wrong",)


def test_a_picture_without_objects_is_a_negative(voc):
    add(voc, "empty")
    add(voc, "face", ("with_mask", 1, 2, 3, 4))
    found = read_voc(voc)
    assert [len(sample.boxes) for sample in found.samples] == [0, 1]
    assert found.samples[0].boxes.shape == (0, 4)


def test_objects_of_classes_that_are_not_wanted_are_named(voc):
    add(voc, "a", ("with_mask", 1, 2, 3, 4), ("hat", 1, 2, 3, 4))
    found = read_voc(voc, classes=("without_mask", "with_mask"))
    assert found.classes == ("without_mask", "with_mask")
    assert found.samples[0].labels.tolist() == [1]
    assert found.problems == ("a.jpg: class 'hat' is not one of without_mask, with_mask.",)


def test_boxes_are_cut_at_the_edges_of_the_picture(voc):
    add(voc, "a", ("x", -5, 10, 120, 90))
    assert read_voc(voc).samples[0].boxes.tolist() == [[0, 10, 100, 80]]


def test_without_a_size_boxes_stay_as_they_are(voc):
    add(voc, "a", ("x", 1, 2, 500, 600), size=("", "many"))
    assert read_voc(voc).samples[0].boxes.tolist() == [[1, 2, 500, 600]]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("x", 5, 5, 5, 9), "a.xml: object 2 has a box without area in the picture."),
        (("x", 200, 5, 300, 9), "a.xml: object 2 has a box without area in the picture."),
        (("x", "left", 5, 9, 9), "a.xml: object 2 has no number as xmin."),
        (("x", 1, 2, "", 9), "a.xml: object 2 has no number as xmax."),
        (("x", 1, "nan", 3, 9), "a.xml: object 2 has no finite number as ymin."),
        (("", 1, 2, 3, 4), "a.xml: object 2 has no name."),
    ],
)
def test_an_object_that_makes_no_sense_is_left_out_and_named(voc, wrong, sentence):
    add(voc, "a", ("x", 1, 2, 3, 4), wrong)
    found = read_voc(voc)
    assert found.samples[0].boxes.tolist() == [[1, 2, 3, 4]]
    assert found.problems == (sentence,)


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><annotation><filename>&c;</filename></annotation>'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<annotation><object>", "bad.xml is not well-formed XML"),
        ("", "bad.xml is not well-formed XML"),
        ("<html></html>", "bad.xml has no <annotation> at its root"),
        (BOMB, "bad.xml defines XML entities, which we do not read"),
    ],
)
def test_a_malformed_file_is_named_and_the_others_still_count(voc, text, sentence):
    add(voc, "bad", text=text)
    add(voc, "good", ("x", 1, 2, 3, 4))
    found = read_voc(voc)
    assert [sample.path.name for sample in found.samples] == ["good.jpg"]
    assert len(found.problems) == 1
    assert found.problems[0].startswith(sentence)


def test_a_file_whose_picture_is_missing_is_named(voc):
    add(voc, "a", ("x", 1, 2, 3, 4), picture=False)
    found = read_voc(voc)
    assert found.samples == ()
    assert found.problems == ("a.xml: its picture a.jpg is missing.",)


def test_a_wrong_filename_falls_back_to_the_name_of_the_file(voc):
    add(voc, "a", ("x", 1, 2, 3, 4), filename="old-name.png")
    assert read_voc(voc).samples[0].path.name == "a.jpg"


@pytest.mark.parametrize("filename", ["../outside.jpg", "/outside.jpg", "..\\outside.jpg", "C:\\x\\outside.jpg"])
def test_a_filename_never_leads_out_of_the_folder(voc, filename):
    (voc / "outside.jpg").touch()
    add(voc, "a", ("x", 1, 2, 3, 4), picture=False, filename=filename)
    assert read_voc(voc).samples == ()


def test_a_windows_path_still_finds_the_picture(voc):
    (voc / "images" / "b.jpg").touch()
    add(voc, "a", ("x", 1, 2, 3, 4), picture=False, filename="C:\\pictures\\b.jpg")
    assert read_voc(voc).samples[0].path.name == "b.jpg"


def test_a_folder_that_is_not_voc_is_refused(tmp_path):
    with pytest.raises(VocError, match="has no folder named annotations or Annotations"):
        read_voc(tmp_path)
    (tmp_path / "annotations").mkdir()
    (tmp_path / "images").mkdir()
    with pytest.raises(VocError, match="holds no XML file"):
        read_voc(tmp_path)
