"""One set of labels written down in every form there is gives the same images, classes and boxes.

Three pictures of 400 x 300: two faces in the first, one in the second, none in the third. Each form is written by hand
below, as its program writes it; none of the code that exports takes part.
"""

import csv
import io
import json

import pytest
from django.core.files.base import ContentFile

from jobs.services import job_run_here
from labelling.models import IMPORT_KIND, Box, BoxClass, Image
from labelling.services import dataset_create, import_create
from tests.labelling.labelbox.makers import v2, v2_box, v2_label, xy
from tests.labelling.makers import bbox, jpeg, zipped

pytestmark = pytest.mark.django_db

SIZE = {"width": 400, "height": 300}
LABELS = {  # left, top, width, height
    "one.jpg": [("With mask", 10, 20, 30, 40), ("Without mask", 100, 50, 60, 80)],
    "two.jpg": [("With mask", 300, 200, 64, 32)],
    "three.jpg": [],
}
PICTURES = {name: jpeg(400, 300, seed=seed) for seed, name in enumerate(LABELS)}
EXPECTED = {
    ("one.jpg", "with_mask", 10, 20, 40, 60),
    ("one.jpg", "without_mask", 100, 50, 160, 130),
    ("two.jpg", "with_mask", 300, 200, 364, 232),
}
CLASSES = ("With mask", "Without mask")


def corners(left, top, width, height) -> list[tuple]:
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


def wkt(box) -> str:
    points = corners(*box)
    return "((" + ", ".join(f"{x} {y}" for x, y in [*points, points[0]]) + "))"


def by_class(boxes, geometries) -> dict:
    """A label of 2018 or 2019: what `geometries` makes of the boxes of each class."""
    named = {name: [box for each, *box in boxes if each == name] for name in CLASSES}
    return {name: geometries(found) for name, found in named.items() if found}


def rows(label_of, **others) -> list[dict]:
    return [
        {"ID": f"id-{name}", "External ID": name, "Label": label_of(boxes), "Seconds to Label": 5, **others}
        for name, boxes in LABELS.items()
    ]


def objects(boxes) -> dict:
    return {"objects": [bbox(name, *box) for name, *box in boxes], "classifications": []}


def polygons(boxes) -> dict:
    return {"objects": [{"title": name, "polygon": xy(*corners(*box))} for name, *box in boxes], "classifications": []}


def data_rows() -> list[dict]:
    return [
        v2(v2_label([v2_box(name, *box) for name, *box in boxes]), media_attributes=SIZE)
        | {"data_row": {"id": f"row-{external_id}", "external_id": external_id}}
        for external_id, boxes in LABELS.items()
    ]


def lines(records) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in records).encode()


def as_csv(records, delimiter=",") -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(records[0])
    for each in records:
        writer.writerow([json.dumps(value) if isinstance(value, dict) else value for value in each.values()])
    return file.getvalue().encode()


WKT_2018 = rows(lambda boxes: by_class(boxes, lambda found: f"MULTIPOLYGON ({', '.join(map(wkt, found))})"))
XY_2018 = rows(lambda boxes: by_class(boxes, lambda found: [xy(*corners(*box)) for box in found]))
XY_2019 = rows(lambda boxes: by_class(boxes, lambda found: [{"geometry": xy(*corners(*box))} for box in found]))
WKT_2019 = rows(
    lambda boxes: by_class(boxes, lambda found: [{"geometry": f"POLYGON {wkt(box)}", "color": "blue"} for box in found])
)
V1 = rows(objects, Skipped=False)


def voc() -> bytes:
    entries = {}
    for name, boxes in LABELS.items():
        found = "".join(
            f"<object><name>{each}</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin>"
            f"<xmax>{left + width}</xmax><ymax>{top + height}</ymax></bndbox></object>"
            for each, left, top, width, height in boxes
        )
        size = "<size><width>400</width><height>300</height><depth>3</depth></size>"
        text = f"<annotation><filename>{name}</filename>{size}{found}</annotation>"
        entries[f"Annotations/{name[:-4]}.xml"] = text.encode()
    return zipped(entries)


def yolo() -> bytes:
    entries = {"data.yaml": b"path: .\ntrain: images/train\nnc: 2\nnames: ['With mask', 'Without mask']\n"}
    for name, boxes in LABELS.items():
        text = ""
        for each, left, top, width, height in boxes:
            middle = f"{(left + width / 2) / 400} {(top + height / 2) / 300}"
            text += f"{CLASSES.index(each)} {middle} {width / 400} {height / 300}\n"
        entries[f"labels/train/{name[:-4]}.txt"] = text.encode()
    return zipped(entries)


def coco() -> bytes:
    images = [{"id": number, "file_name": name, **SIZE} for number, name in enumerate(LABELS)]
    annotations = [
        {"id": 1, "image_id": number, "category_id": CLASSES.index(name) + 1, "bbox": box, "iscrowd": 0}
        for number, boxes in enumerate(LABELS.values())
        for name, *box in boxes
    ]
    categories = [{"id": number, "name": name} for number, name in enumerate(CLASSES, start=1)]
    return json.dumps({"images": images, "annotations": annotations, "categories": categories}).encode()


FORMS = {
    "2018, x and y": json.dumps(XY_2018).encode(),
    "2018, well-known text": json.dumps(WKT_2018, indent=2).encode(),
    "2018, CSV": as_csv(WKT_2018),
    "2019, x and y": json.dumps(XY_2019).encode(),
    "2019, well-known text": json.dumps(WKT_2019).encode("utf-16"),
    "2019, CSV with semicolons": b"sep=;\n" + as_csv(XY_2019, ";"),
    "2019, one bare record after another": b"\n".join(json.dumps(each, indent=1).encode() for each in WKT_2019),
    "2020, boxes": json.dumps(V1).encode(),
    "2020, polygons": json.dumps(rows(polygons)).encode(),
    "2020, a line each": lines(V1),
    "2020, JSON in CSV with tabs": as_csv(V1, "\t"),
    "2023, a line each": lines(data_rows()),
    "2023, in a list": json.dumps(data_rows()).encode(),
    "all eras in a zip": zipped(
        {"1.json": json.dumps(XY_2018[:1]).encode(), "2.csv": as_csv(V1[1:2]), "3.ndjson": lines(data_rows()[2:])}
    ),
    "Pascal VOC": voc(),
    "YOLO": yolo(),
    "COCO": coco(),
}


def imported(content: bytes) -> dict:
    row = import_create(
        dataset=dataset_create(name="masks", by=None),
        export=ContentFile(content, name="labels"),
        pictures=ContentFile(zipped(PICTURES), name="pictures.zip"),
        by=None,
    )
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=row.pk)
    row.refresh_from_db()
    return row.report


@pytest.mark.parametrize("form", FORMS)
def test_the_same_labels_in_any_form_give_the_same_images_classes_and_boxes(form):
    report = imported(FORMS[form])
    assert (report["rows"], report["images"], report["negative"], report["boxes"]) == (3, 3, 1, 3)
    assert (report["pending"], report["skipped"], report["objects_skipped"]) == (0, [], [])
    images = Image.objects.values_list("external_id", "width", "height")
    assert set(images) == {(name, 400, 300) for name in LABELS}
    assert list(BoxClass.objects.values_list("name", flat=True)) == ["with_mask", "without_mask"]
    boxes = Box.objects.values_list("image__external_id", "box_class__name", "x_min", "y_min", "x_max", "y_max")
    rounded = {(image, name, *(round(edge, 3) for edge in edges)) for image, name, *edges in boxes}
    assert rounded == EXPECTED
