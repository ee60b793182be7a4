"""What a later import changes of the images that are here, and what it leaves alone."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from jobs.services import job_run_here
from labelling.merging import Merge, label_digest
from labelling.models import IMPORT_KIND, Box, BoxChange, Image
from labelling.outcomes import NamedBox
from labelling.services import import_create
from tests.labelling.labelbox.makers import ndjson, row, v2, v2_box, v2_label, xy
from tests.labelling.makers import bbox, import_here, jpeg, record

pytestmark = pytest.mark.django_db

FILES = {"a.jpg": jpeg()}
EARLY, LATE = {"Updated At": "2020-01-02T00:00:00.000Z"}, {"Updated At": "2020-01-03T00:00:00.000Z"}
CAR, BUS = bbox("Car", 2, 3, 10, 12), bbox("Bus", 2, 3, 10, 12)


def boxes() -> list[tuple]:
    return [(box.box_class.name, box.xyxy) for box in Box.objects.all()]


def test_another_era_changes_no_box_and_fills_blanks():
    import_here([row({"Car": [xy((2, 3), (12, 3), (12, 15), (2, 15))]}, **EARLY)], FILES)
    before = list(Box.objects.values_list()), Image.objects.values_list("sha256", "external_id", "created_at").get()
    dataset = Image.objects.get().dataset
    details = {"updated_at": "2020-01-02T00:00:00.300Z", "created_by": "ann@example.com"}
    label = v2_label([v2_box("car ", 2.0, 3.0, 10.0, 12.0)], label_details=details)
    label["performance_details"] = {"seconds_to_create": 33}
    export = ContentFile(ndjson(v2(label)), name="e.ndjson")
    later = import_create(dataset=dataset, export=export, by=None)
    job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=later.pk)
    image = Image.objects.get()
    assert (list(Box.objects.values_list()), (image.sha256, image.external_id, image.created_at)) == before
    assert (image.seconds_to_label, image.source_row["Created By"]) == (33, "ann@example.com")
    assert image.source_row["Updated At"] == EARLY["Updated At"]


def test_a_newer_label_replaces_boxes_and_what_is_known_of_it():
    import_here([record("a.jpg", [CAR], **EARLY, **{"Seconds to Label": 5})], FILES)
    row_of_import = import_here([record("a.jpg", [BUS], **LATE, **{"Seconds to Label": 7})])
    image = Image.objects.get()
    assert boxes() == [("Bus", (2, 3, 12, 15))]
    assert (image.seconds_to_label, image.source_row["Updated At"]) == (7, LATE["Updated At"])
    assert row_of_import.report["changes"] == {"added": 0, "updated": 1, "kept": 0}


def test_an_older_label_replaces_nothing():
    import_here([record("a.jpg", [CAR], **LATE, **{"Seconds to Label": 5})], FILES)
    row_of_import = import_here([record("a.jpg", [BUS], **EARLY, **{"Seconds to Label": 7})])
    assert boxes() == [("Car", (2, 3, 12, 15))]
    assert Image.objects.get().seconds_to_label == 5
    assert row_of_import.report["changes"] == {"added": 0, "updated": 0, "kept": 0}


def test_what_people_drew_here_survives_the_same_export():
    import_here([record("a.jpg", [CAR], **EARLY)], FILES)
    Box.objects.update(x_min=5)
    import_here([record("a.jpg", [CAR], **EARLY)])
    assert boxes() == [("Car", (5, 3, 12, 15))]


def test_boxes_that_people_changed_here_outlive_a_newer_label():
    import_here([record("a.jpg", [CAR], **EARLY)], FILES)
    Box.objects.update(x_min=5)
    Image.objects.update(edited_at=timezone.now())
    row_of_import = import_here([record("a.jpg", [BUS], **LATE)])
    assert boxes() == [("Car", (5, 3, 12, 15))]
    assert row_of_import.report["changes"]["kept"] == 1


def test_another_mapping_of_classes_is_something_else():
    import_here([record("a.jpg", [CAR])], FILES)
    import_here([record("a.jpg", [CAR])], class_map={"car": "vehicle"})
    assert boxes() == [("vehicle", (2, 3, 12, 15))]


def test_images_from_before_digests_were_kept_are_compared_by_their_boxes():
    import_here([record("a.jpg", [CAR])], FILES)
    before = list(Box.objects.values_list("pk", flat=True))
    Image.objects.update(label_digest="")
    import_here([record("a.jpg", [CAR])])
    assert list(Box.objects.values_list("pk", flat=True)) == before
    assert Image.objects.get().label_digest == label_digest([NamedBox("Car", (2, 3, 12, 15))])


def test_the_digest_of_a_label_knows_no_order_and_no_thousandth_of_a_pixel():
    one, two = NamedBox("a", (1, 2, 3, 4)), NamedBox("b", (1.0002, 2, 3, 4))
    assert label_digest([one, two]) == label_digest([NamedBox("b", (1, 2.0, 3, 4)), one])
    assert label_digest([one]) != label_digest([NamedBox("a", (1.01, 2, 3, 4))])
    assert label_digest([one]) != label_digest([one, one])


def test_many_known_images_take_as_many_queries_as_few(django_assert_max_num_queries):
    records = [record(f"{i}.jpg", [CAR]) for i in range(150)]
    dataset = import_here(records).dataset
    later = import_create(dataset=dataset, export=ContentFile(ndjson(*records), name="e"), by=None)
    with django_assert_max_num_queries(40):
        job_run_here(kind=IMPORT_KIND, title="import", owner=None, target_id=later.pk)


def test_what_an_import_changes_of_boxes_is_on_record():
    import_here([record("a.jpg", [CAR, BUS], **EARLY)], FILES)
    assert not BoxChange.objects.exists()
    image, car = Image.objects.get(), Box.objects.get(box_class__name="Car")
    later = import_here([record("a.jpg", [CAR, bbox("Bus", 1, 1, 5, 5)], **LATE)])
    place = [("deleted", [2, 3, 12, 15], None), ("created", None, [1, 1, 6, 6])]
    kept = BoxChange.objects.order_by("pk")
    assert [(row.kind, xyxy(row.before), xyxy(row.after)) for row in kept] == place
    assert {(row.source, row.label_import, row.image) for row in kept} == {("import", later, image)}
    assert Box.objects.get(box_class__name="Car").pk == car.pk
    image.refresh_from_db()
    assert (image.revision, image.edited_at) == (1, None)


def xyxy(said: dict | None) -> list[float] | None:
    return said and said["xyxy"]


def test_boxes_that_are_there_twice_are_told_apart():
    import_here([record("a.jpg", [CAR, CAR], **EARLY)], FILES)
    import_here([record("a.jpg", [CAR], **LATE)])
    assert boxes() == [("Car", (2, 3, 12, 15))]
    assert BoxChange.objects.get().kind == "deleted"


def test_an_import_writes_nothing_of_an_image_that_it_does_not_know(monkeypatch):
    """Whether it counts as labelled, and the part it is fixed to, may change while an import is at work."""
    import_here([record("a.jpg", [CAR], **EARLY)], FILES)
    read = Merge._images

    def read_before_others_write(self, external_ids):
        found = read(self, external_ids)
        Image.objects.update(labelled=False, fixed_split="test", revision=7)
        return found

    monkeypatch.setattr(Merge, "_images", read_before_others_write)
    import_here([record("a.jpg", [BUS], **LATE)])
    image = Image.objects.get()
    assert (image.labelled, image.fixed_split, image.revision) == (False, "test", 8)
    assert boxes() == [("Bus", (2, 3, 12, 15))]
