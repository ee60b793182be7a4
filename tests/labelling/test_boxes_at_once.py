"""Boxes that several people change at the very same time, each on a connection of their own."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from labelling.labelbox.records import LabelRecord
from labelling.merging import Changes, Merge
from labelling.models import Box, BoxChange, Dataset, Image
from labelling.outcomes import Arrival, Fate, NamedBox
from labelling.services import BoxConflict, box_create, box_remove, box_update

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6
EDITOR = BoxChange.Source.EDITOR

Together = Callable[[Callable[[int], object]], list[object]]


@pytest.fixture
def together(masks, carol, tmp_path: Path) -> Together:
    """Runs a function in as many threads as there are people, all at once; what each returned, by its number."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":  # in memory it has no writers that wait for each other; a file has
        name = str(tmp_path / "db.sqlite3")
        with sqlite3.connect(name) as copy:
            connection.connection.backup(copy)
        copy.close()

    def run(work: Callable[[int], object]) -> list[object]:
        start = threading.Barrier(PEOPLE)

        def alone(number: int) -> object:
            own = connections["default"]
            own.settings_dict = {**own.settings_dict, "NAME": name}
            try:
                own.ensure_connection()
                start.wait(timeout=20)
                return work(number)
            finally:
                own.close()

        with ThreadPoolExecutor(PEOPLE) as pool:
            return list(pool.map(alone, range(PEOPLE)))

    return run


def test_of_all_who_change_one_box_at_once_one_wins_and_the_others_are_told(together):
    face, carol = Box.objects.first(), User.objects.get(username="carol")

    def move(number: int) -> object:
        try:
            return box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, xyxy=(0, 0, 10 + number, 10))
        except BoxConflict as conflict:
            return conflict

    said = together(move)
    won = [each for each in said if isinstance(each, Box)]
    told = [each for each in said if isinstance(each, BoxConflict)]
    assert (len(won), len(told)) == (1, PEOPLE - 1)
    assert {(each.current.revision, each.current.xyxy) for each in told} == {(2, won[0].xyxy)}
    (kept,) = set(together(lambda number: (BoxChange.objects.count(), Image.objects.get(pk=face.image_id).revision)))
    assert kept == (1, 1)


def test_of_those_who_change_and_delete_one_box_at_once_one_wins(together):
    face, carol = Box.objects.first(), User.objects.get(username="carol")

    def act(number: int) -> bool:
        try:
            if number % 2:
                box_remove(box_id=face.pk, revision=1, by=carol, source=EDITOR)
            else:
                box_update(box_id=face.pk, revision=1, by=carol, source=EDITOR, xyxy=(0, 0, 10, 10))
        except BoxConflict:
            return False
        return True

    assert sorted(together(act)) == [False] * (PEOPLE - 1) + [True]


def test_all_who_draw_on_one_picture_at_once_get_their_box(together):
    face, carol = Box.objects.select_related("image", "box_class").first(), User.objects.get(username="carol")

    def draw(number: int) -> object:
        image, deer = Image.objects.get(pk=face.image_id), face.box_class
        return box_create(image=image, box_class=deer, xyxy=(0, 0, 1 + number, 1), by=carol, source=EDITOR).pk

    assert len(set(together(draw))) == PEOPLE
    (kept,) = set(together(lambda number: (BoxChange.objects.count(), Image.objects.get(pk=face.image_id).revision)))
    assert kept == (PEOPLE, PEOPLE)


def test_an_import_that_replaces_boxes_takes_none_away_that_somebody_draws_meanwhile(together):
    """Either it comes first, or it finds the image edited and leaves its boxes alone."""
    face, carol = Box.objects.select_related("image", "box_class").first(), User.objects.get(username="carol")
    record = LabelRecord(row=0, id="1", external_id=face.image.external_id)
    newer = Arrival(record, Fate.IMPORTED, None, (NamedBox("with_mask", (20, 20, 30, 30)),), ())

    def act(number: int) -> object:
        if number == 0:
            with transaction.atomic():
                return Merge(Dataset.objects.get(), {}).store([newer], Changes())
        image = Image.objects.get(pk=face.image_id)
        return box_create(image=image, box_class=face.box_class, xyxy=(0, 0, number, 1), by=carol, source=EDITOR).pk

    drawn = set(together(act)) - {None}
    (kept,) = set(together(lambda number: frozenset(Box.objects.values_list("pk", flat=True))))
    assert len(drawn) == PEOPLE - 1
    assert drawn <= kept
