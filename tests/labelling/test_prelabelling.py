"""A release looks at pictures: what it sees is kept, boxes are proposed, and a killed run goes on where it was."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import ValidationError

import labelling.prelabelling
from jobs.attempts import Attempt, attempt_claim
from jobs.models import Job, Queue
from jobs.reporter import JobCancelled, Progress, Reporter
from labelling.models import PRELABEL_KIND, Box, BoxChange, BoxClass, Image, Opinion, PreLabel, Proposal
from labelling.prelabelling import PrelabelFailure, detection_rows, proposable, run
from labelling.services import (
    ProposalDecided,
    box_create,
    class_rename,
    dataset_delete,
    image_mark,
    prelabel_create,
    prelabel_start,
    proposal_decide,
    proposals_decide,
)
from releases.models import ModelRelease
from tests.detection.fakes import CLASSES, fake_release
from tests.detection.makers import NOON, make_release
from tests.labelling.makers import make_proposal
from yolo.detections import Detections
from yolo.release import ReleaseError

pytestmark = pytest.mark.django_db

Seen = tuple[str, float, tuple[float, float, float, float]]

MASKED = ("with_mask", 0.9, (2.0, 3.0, 12.0, 15.0))  # as a.jpg is labelled
BARE = ("without_mask", 0.8, (22.0, 12.0, 38.0, 28.0))  # where no box is


class FakeDetector:
    """Sees the same on every picture; counts the pictures, and says from which score it was asked."""

    def __init__(self, *seen: Seen) -> None:
        self.release = fake_release()
        self.seen = seen
        self.pictures = 0
        self.asked: set[float | None] = set()

    def detect(self, image_bgr: np.ndarray, *, score: float | None = None) -> Detections:
        self.pictures += 1
        self.asked.add(score)
        return detections(self.seen)


def detections(seen: Sequence[Seen]) -> Detections:
    return Detections(
        boxes=np.array([xyxy for _name, _score, xyxy in seen], np.float32).reshape(-1, 4),
        scores=np.array([score for _name, score, _xyxy in seen], np.float32),
        labels=np.array([CLASSES.index(name) for name, _score, _xyxy in seen], np.int64),
        class_scores=np.zeros((len(seen), len(CLASSES)), np.float32),
    )


def reporter_of(row: PreLabel, told: list[Progress] | None = None) -> Reporter:
    job = Job.objects.create(kind=PRELABEL_KIND, title="Pre-label", queue=Queue.SHORT, target_id=row.pk)
    attempt = Attempt(job.pk, 1)
    attempt_claim(attempt, process_group=None)
    return Reporter(attempt, on_progress=None if told is None else told.append)


def prelabelled(dataset, *seen: Seen, **wishes) -> PreLabel:
    """A pre-labelling run to its end by a release that sees the same on all pictures."""
    Job.objects.all().delete()
    row = prelabel_create(dataset=dataset, by=None, **{"images": None, "release": make_release()} | wishes)
    run(reporter_of(row), row.pk, load=lambda release: FakeDetector(*seen))
    row.refresh_from_db()
    return row


def proposals(image: Image, state: str = "open") -> list[tuple]:
    rows = image.proposals.filter(state=state).select_related("box_class")
    return [(each.box_class.name, round(each.score, 4), each.xyxy) for each in rows]


@pytest.fixture
def picture(masks) -> Image:
    """40 x 30 pixels with a box of with_mask at (2, 3, 12, 15) and a deer; b.jpg beside it has no box."""
    return masks.images.get(external_id="a.jpg")


def test_what_a_release_sees_is_kept_and_what_has_no_box_is_proposed(masks, picture):
    row = prelabelled(masks, MASKED, BARE, ("with_mask", 0.06, (0, 20, 9, 29)))
    opinion = Opinion.objects.get(image=picture)
    assert opinion.detections == [
        ["with_mask", 0.9, 2.0, 3.0, 12.0, 15.0],
        ["without_mask", 0.8, 22.0, 12.0, 38.0, 28.0],
        ["with_mask", 0.06, 0.0, 20.0, 9.0, 29.0],
    ]
    assert proposals(picture) == [("without_mask", 0.8, BARE[2])]
    other = masks.images.get(external_id="b.jpg")
    assert proposals(other) == [("with_mask", 0.9, MASKED[2]), ("without_mask", 0.8, BARE[2])]
    assert row.finished_at is not None
    told = {name: row.report[name] for name in ("images", "detections", "proposals", "unreadable")}
    assert told == {"images": 2, "detections": 6, "proposals": 3, "unreadable": 0}


def test_pending_pictures_are_left_out_and_low_scores_asked_for(masks):
    detector = FakeDetector()
    row = prelabel_create(dataset=masks, images=None, release=make_release(), by=None)
    run(reporter_of(row), row.pk, load=lambda release: detector)
    assert (detector.pictures, detector.asked) == (2, {0.05})


def test_only_chosen_pictures_are_looked_at(masks, picture):
    prelabelled(masks, BARE, images=Image.objects.filter(pk=picture.pk))
    assert [opinion.image for opinion in Opinion.objects.all()] == [picture]


def test_a_check_proposes_nothing_and_leaves_proposals_alone(masks, picture):
    open_one = make_proposal(picture, "deer", (1, 2, 30, 20), score=0.8)
    row = prelabelled(masks, BARE, proposes=False)
    assert [each.pk for each in Proposal.objects.all()] == [open_one.pk]
    assert (row.report["proposals"], Opinion.objects.count()) == (0, 2)


def test_doubts_are_kept_with_the_opinion(masks, picture):
    # At net size 416 the picture of 40 is 10.4 times as large: all sizes count fully. Where nobody labels bare
    # faces BARE is not missing; of the labelled face the release says nothing: 0.6.
    Box.objects.filter(box_class__name="without_mask").delete()
    prelabelled(masks, BARE)
    opinion = Opinion.objects.get(image=picture)
    assert opinion.doubts == [{"kind": "extra", "class": "with_mask", "said": "", "score": 0.6, "xyxy": [2, 3, 12, 15]}]
    assert opinion.disagreement == 0.6


def test_later_proposals_take_the_place_of_open_ones(masks, picture):
    prelabelled(masks, BARE)
    prelabelled(masks, ("with_mask", 0.7, (0, 20, 9, 29)))
    assert proposals(picture) == [("with_mask", 0.7, (0, 20, 9, 29))]
    assert Opinion.objects.filter(image=picture).count() == 1


def test_what_was_thrown_away_is_not_proposed_again(masks, picture, carol):
    prelabelled(masks, BARE)
    proposal_decide(proposal=picture.proposals.get(), accept=False, by=carol)
    prelabelled(masks, BARE)
    assert proposals(picture) == []
    prelabelled(masks, ("with_mask", 0.8, BARE[2]))  # the same place, but another class
    assert proposals(picture) == [("with_mask", 0.8, BARE[2])]


def test_a_class_that_the_dataset_lacks_is_made_when_it_is_proposed(masks):
    assert set(masks.classes.values_list("name", flat=True)) == {"with_mask", "deer", "without_mask"}
    Box.objects.filter(box_class__name="without_mask").delete()
    masks.classes.get(name="without_mask").delete()
    prelabelled(masks, MASKED)
    assert not BoxClass.objects.filter(name="without_mask").exists()  # it proposed none
    prelabelled(masks, BARE)
    made = masks.classes.get(name="without_mask")
    assert made.position == 1 + max(masks.classes.exclude(pk=made.pk).values_list("position", flat=True))


def test_a_class_spelled_otherwise_is_the_datasets_own(masks, picture):
    masks.classes.filter(name="without_mask").update(name="Without Mask")
    prelabelled(masks, BARE)
    assert proposals(picture) == [("Without Mask", 0.8, BARE[2])]


def test_a_class_is_known_by_its_former_name(masks, picture, carol):
    """What was called with_mask and without_mask is face and bare now: no class is made anew."""
    for old, new in (("with_mask", "face"), ("without_mask", "bare")):
        class_rename(box_class=masks.classes.get(name=old), name=new, by=carol)
    prelabelled(masks, MASKED, BARE)
    assert proposals(picture) == [("bare", 0.8, BARE[2])]
    assert set(masks.classes.values_list("name", flat=True)) == {"face", "bare", "deer"}
    doubts = Opinion.objects.get(image=picture).doubts
    assert [(each["kind"], each["said"]) for each in doubts] == [("missing", "bare")]


def test_a_picture_that_cannot_be_read_is_named_and_the_rest_goes_on(masks, picture):
    Path(picture.file.path).write_bytes(b"not a picture")
    row = prelabelled(masks, BARE)
    assert (row.report["images"], row.report["unreadable"], row.report["unreadable_names"]) == (2, 1, ["a.jpg"])
    assert not Opinion.objects.filter(image=picture).exists()
    assert Opinion.objects.count() == 1


def test_boxes_come_in_pixels_of_the_upright_picture_as_the_image_states_it(masks, picture):
    Image.objects.filter(pk=picture.pk).update(width=80, height=60)  # twice what the file holds
    prelabelled(masks, BARE)
    assert proposals(picture) == [("without_mask", 0.8, (44.0, 24.0, 76.0, 56.0))]


def test_a_stopped_run_goes_on_behind_its_last_batch(masks, monkeypatch):
    monkeypatch.setattr(labelling.prelabelling, "BATCH", 1)
    row = prelabel_create(dataset=masks, images=None, release=make_release(), by=None)
    stopped = reporter_of(row)

    class Stopping(FakeDetector):
        def detect(self, image_bgr, *, score=None):
            if self.pictures == 1:
                Job.objects.filter(pk=stopped.job_id).update(cancel_requested_at=NOON)
            return super().detect(image_bgr, score=score)

    with pytest.raises(JobCancelled):
        run(stopped, row.pk, load=lambda release: Stopping(BARE))
    assert [opinion.image.external_id for opinion in Opinion.objects.all()] == ["a.jpg"]
    told: list[Progress] = []
    second = FakeDetector(BARE)
    run(reporter_of(row, told), row.pk, load=lambda release: second)
    assert second.pictures == 1
    assert [(each.done, each.total) for each in told] == [(1, 2), (2, 2)]
    row.refresh_from_db()
    assert (row.report["images"], row.report["proposals"]) == (2, 2)
    assert Proposal.objects.count() == 2


def test_a_run_that_has_finished_does_nothing_again(masks):
    row = prelabelled(masks, BARE)
    again = FakeDetector(BARE)
    run(reporter_of(row), row.pk, load=lambda release: again)
    assert again.pictures == 0


def test_a_release_that_is_not_whole_ends_the_job_with_its_sentence(masks):
    row = prelabel_create(dataset=masks, images=None, release=make_release(), by=None)

    def broken(release):
        raise ReleaseError("The weights are missing.")

    with pytest.raises(PrelabelFailure, match="The weights are missing"):
        run(reporter_of(row), row.pk, load=broken)


def test_a_dataset_deleted_meanwhile_ends_the_job_with_a_sentence(masks, carol):
    row = prelabel_create(dataset=masks, images=None, release=make_release(), by=None)

    class Deleting(FakeDetector):
        def detect(self, image_bgr, *, score=None):
            if not self.pictures:
                dataset_delete(dataset=masks, by=carol)
            return super().detect(image_bgr, score=score)

    with pytest.raises(PrelabelFailure, match="deleted"):
        run(reporter_of(row), row.pk, load=lambda release: Deleting(BARE))


def test_only_one_pre_labelling_of_a_dataset_at_a_time(masks, carol):
    make_release()
    ModelRelease.objects.update(is_active=True)
    prelabel_start(dataset=masks, images=None, by=carol)
    with pytest.raises(ValidationError, match="under way"):
        prelabel_start(dataset=masks, images=None, by=carol)


def test_without_a_picture_nothing_is_started(masks, carol):
    with pytest.raises(ValidationError, match="its picture"):
        prelabel_create(
            dataset=masks, images=Image.objects.filter(external_id="c.jpg"), release=make_release(), by=None
        )


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_score_that_is_none_is_refused(masks, score):
    with pytest.raises(ValidationError, match="between 0 and 1"):
        prelabel_create(dataset=masks, images=None, release=make_release(), least_score=score, by=None)


def test_an_accepted_proposal_becomes_a_box_on_record_and_settles_the_doubt(masks, picture, carol):
    prelabelled(masks, MASKED, BARE)  # c.jpg has a bare face, so that BARE is missing on a.jpg: 2 x 0.8 - 1
    opinion = Opinion.objects.get(image=picture)
    assert (opinion.doubts[0]["kind"], opinion.disagreement) == ("missing", 0.6)
    proposal = picture.proposals.get()
    box = proposal_decide(proposal=proposal, accept=True, by=carol)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.box_key) == ("accepted", carol, box.pk)
    assert (box.box_class.name, box.xyxy) == ("without_mask", BARE[2])
    change = BoxChange.objects.get(image=picture)
    assert (change.kind, change.source, change.by, change.before) == ("created", "proposal", carol, None)
    looked_at = opinion.at
    opinion.refresh_from_db()
    assert (opinion.doubts, opinion.disagreement, opinion.at) == ([], 0, looked_at)


def test_a_proposal_is_decided_once(masks, picture, carol):
    proposal = make_proposal(picture, "deer", (1, 2, 30, 20), score=0.8)
    proposal_decide(proposal=proposal, accept=False, by=carol)
    with pytest.raises(ProposalDecided):
        proposal_decide(proposal=proposal, accept=True, by=carol)
    assert Box.objects.filter(image=picture).count() == 2


def test_all_proposals_from_a_score_up_are_accepted_at_once(masks, picture, carol):
    scores = {0.9: (1, 1, 5, 5), 0.7: (10, 10, 15, 15), 0.69: (20, 20, 25, 25)}
    for score, xyxy in scores.items():
        make_proposal(picture, "deer", xyxy, score=score)
    assert len(proposals_decide(image=picture, accept=True, least_score=0.7, by=carol)) == 2
    assert [score for _name, score, _xyxy in proposals(picture)] == [0.69]
    assert picture.boxes.count() == 4
    assert len(proposals_decide(image=picture, accept=False, least_score=0, by=carol)) == 1
    assert picture.boxes.count() == 4


def test_an_image_that_is_not_labelled_is_not_contradicted(masks, picture, carol):
    prelabelled(masks, BARE)
    image_mark(image=picture, labelled=False, by=carol)
    assert Opinion.objects.get(image=picture).disagreement == 0
    image_mark(image=picture, labelled=True, by=carol)
    assert Opinion.objects.get(image=picture).disagreement == 0.6  # the labelled face is not seen, BARE has no box


def test_the_opinions_of_all_releases_follow_a_drawn_box(masks, picture, carol):
    other = ModelRelease.objects.create(
        name="other", network="yolov3-slim", net_size=416, classes=["with_mask"], sha256="1" * 64, folder="other"
    )
    # 0.7 of with_mask on (20, 10, 39, 29), where no box is: 2 x 0.7 - 1 = 0.4
    for release in (make_release(), other):
        prelabelled(masks, MASKED, ("with_mask", 0.7, (20, 10, 39, 29)), release=release)
    assert [each.disagreement for each in Opinion.objects.filter(image=picture)] == [0.4, 0.4]
    mask = masks.classes.get(name="with_mask")
    box_create(image=picture, box_class=mask, xyxy=(20, 10, 39, 29), by=carol, source=BoxChange.Source.EDITOR)
    assert [each.disagreement for each in Opinion.objects.filter(image=picture)] == [0, 0]


def rows(*seen: Seen) -> list:
    return [[name, score, *xyxy] for name, score, xyxy in seen]


def proposed(seen: Sequence[Seen], *, boxes=(), thrown_away=(), least_score=0.5) -> list[str]:
    found = proposable(
        rows(*seen), least_score=least_score, same_object=0.45, boxes=boxes, thrown_away=list(thrown_away)
    )
    return [f"{row[0]} {row[1]}" for row in found]


SQUARE = (0, 0, 10, 10)


def test_an_object_is_proposed_once_under_its_best_class():
    assert proposed([("with_mask", 0.6, SQUARE), ("without_mask", 0.8, (0, 0, 10, 9))]) == ["without_mask 0.8"]


def test_scores_below_the_least_are_not_proposed():
    assert proposed([("with_mask", 0.5, SQUARE), ("with_mask", 0.49, (50, 50, 60, 60))]) == ["with_mask 0.5"]


@pytest.mark.parametrize(("height", "expected"), [(5, []), (4.9, ["with_mask 0.9"])])  # IoU 0.5 and 0.49
def test_what_lies_on_a_box_of_any_class_is_not_proposed(height, expected):
    assert proposed([("with_mask", 0.9, SQUARE)], boxes=[(0, 0, 10, height)]) == expected


@pytest.mark.parametrize(("height", "expected"), [(7, []), (6.9, ["with_mask 0.9"])])  # IoU 0.7 and 0.69
def test_a_refused_box_stays_away_as_long_as_it_is_the_same(height, expected):
    assert proposed([("with_mask", 0.9, SQUARE)], thrown_away=[("With mask", (0, 0, 10, height))]) == expected


def test_detections_thinner_than_a_pixel_are_dropped():
    found = detections([("with_mask", 0.9, (0, 0, 0.9, 9)), ("with_mask", 0.8, (0, 0, 1, 9))])
    assert detection_rows(found, CLASSES, np.ones(4, np.float32)) == [["with_mask", 0.8, 0, 0, 1, 9]]
