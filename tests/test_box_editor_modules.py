"""The parts of the box editor that need no server: what stands after changes here and there, and where boxes may be."""

import pytest

pytestmark = pytest.mark.browser


STATE = """async (steps) => {
  const { BoxState } = await import("/static/js/box-editor-state.js");
  const state = new BoxState();
  state.merge({ boxes: [{ id: 7, class: "a", xyxy: [0, 0, 10, 10], revision: 1 }], proposals: [] });
  const answers = steps.map(([name, ...given]) => state[name](...given));
  const shown = state.boxes().map((box) => [box.class, ...box.xyxy]);
  return { answers, boxes: shown, unsaved: state.unsaved, conflicts: state.conflicts().length };
}"""
MOVED = ["change", "b1", {"xyxy": [5, 0, 15, 10]}]
SERVER_MOVED = {"id": 7, "class": "a", "xyxy": [5, 0, 15, 10], "revision": 2}
SERVER_CLASSED = {"id": 7, "class": "z", "xyxy": [0, 0, 10, 10], "revision": 2}


STOOD = {"id": 7, "class": "a", "xyxy": [0, 0, 10, 10], "revision": 1}


def merged(*found):
    return ["merge", {"boxes": list(found), "proposals": []}]


def made_of(key):
    """The box that a proposal became."""
    return {"id": key, "class": "p", "xyxy": [key, 0, key + 10, 10], "revision": 1}


def accepted(*keys, made=None):
    """The answer to a decision: these boxes are new, those of `made` (all of them) by it."""
    image = {"boxes": [STOOD, *map(made_of, keys)], "proposals": []}
    return ["acceptAll", image, list(keys if made is None else made)]


GEOMETRY = "async ([name, ...given]) => (await import('/static/js/box-editor-geometry.js'))[name](...given)"
SIZE = {"width": 100, "height": 50}


@pytest.mark.parametrize(
    ("call", "box"),
    [
        (["boxBetween", [30, 20], [10, 5], SIZE], [10, 5, 30, 20]),  # drawn from lower right to upper left
        (["boxBetween", [90, 40], [130, 70], SIZE], [90, 40, 100, 50]),
        (["boxBetween", [10, 10], [11, 40], SIZE], None),  # narrower than two pixels
        (["boxBetween", [110, 10], [130, 40], SIZE], None),  # beside the picture
        (["moved", [10, 10, 30, 20], 5, -3, SIZE], [15, 7, 35, 17]),
        (["moved", [10, 10, 30, 20], -50, 90, SIZE], [0, 40, 20, 50]),
        (["stretched", [10, 10, 30, 20], 4, -4, SIZE], [10, 10, 34, 16]),
        (["stretched", [10, 10, 30, 20], -90, 90, SIZE], [10, 10, 12, 50]),
    ],
)
def test_boxes_stay_in_the_picture(modules, call, box):
    assert modules.evaluate(GEOMETRY, call) == box


@pytest.mark.parametrize(
    ("steps", "boxes", "unsaved", "conflicts"),
    [
        ([MOVED], [["a", 5, 0, 15, 10]], True, 0),
        ([MOVED, ["confirm", "b1", SERVER_MOVED]], [["a", 5, 0, 15, 10]], False, 0),
        ([merged(SERVER_CLASSED)], [["z", 0, 0, 10, 10]], False, 0),
        ([merged()], [], False, 0),
        # both changed it: ours stays until a person decides
        ([MOVED, merged(SERVER_CLASSED)], [["a", 5, 0, 15, 10]], True, 1),
        ([MOVED, merged()], [["a", 5, 0, 15, 10]], True, 1),
        ([MOVED, merged(SERVER_CLASSED), ["takeTheirs", "b1"]], [["z", 0, 0, 10, 10]], False, 0),
        ([MOVED, merged(SERVER_CLASSED), ["keepMine", "b1"]], [["a", 5, 0, 15, 10]], True, 0),
        # both made the same change
        ([MOVED, merged(SERVER_MOVED)], [["a", 5, 0, 15, 10]], False, 0),
        # the answer to ours was lost, and it was changed once more since: no conflict with ourselves
        (
            [MOVED, ["sending", "b1"], ["change", "b1", {"class": "c"}], merged(SERVER_MOVED)],
            [["c", 5, 0, 15, 10]],
            True,
            0,
        ),
        # an older look at the server changes nothing
        (
            [MOVED, ["confirm", "b1", SERVER_MOVED], merged({**SERVER_CLASSED, "revision": 1})],
            [["a", 5, 0, 15, 10]],
            False,
            0,
        ),
        # both deleted it
        ([["remove", "b1"], merged()], [], False, 0),
        # what somebody else has changed since is not undone
        (
            [MOVED, ["confirm", "b1", SERVER_MOVED], merged({**SERVER_CLASSED, "revision": 3}), ["undo"]],
            [["z", 0, 0, 10, 10]],
            False,
            0,
        ),
        # steps of one burst are undone together
        (
            [["change", "b1", {"xyxy": [1, 0, 11, 10]}, 1], ["change", "b1", {"xyxy": [2, 0, 12, 10]}, 1], ["undo"]],
            [["a", 0, 0, 10, 10]],
            False,
            0,
        ),
        # proposals that were accepted together are undone together, and made again together
        ([accepted(8, 9), ["undo"]], [["a", 0, 0, 10, 10]], True, 0),
        (
            [accepted(8, 9), ["undo"], ["redo"]],
            [["a", 0, 0, 10, 10], ["p", 8, 0, 18, 10], ["p", 9, 0, 19, 10]],
            False,
            0,
        ),
        # but not the box of somebody else that came with them, nor one of them that somebody has changed since
        ([accepted(8, 9, made=[9]), ["undo"]], [["a", 0, 0, 10, 10], ["p", 8, 0, 18, 10]], True, 0),
        (
            [accepted(8, 9), merged(STOOD, {**made_of(8), "class": "z", "revision": 2}, made_of(9)), ["undo"]],
            [["a", 0, 0, 10, 10], ["z", 8, 0, 18, 10]],
            True,
            0,
        ),
        # what was undone before cannot be made again once something else was done
        ([MOVED, ["undo"], accepted(8), ["redo"]], [["a", 0, 0, 10, 10], ["p", 8, 0, 18, 10]], False, 0),
    ],
)
def test_what_stands_after_changes_here_and_there(modules, steps, boxes, unsaved, conflicts):
    found = modules.evaluate(STATE, steps)
    assert (found["boxes"], found["unsaved"], found["conflicts"]) == (boxes, unsaved, conflicts)
