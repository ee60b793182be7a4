"""Records read one after another from a document that comes in pieces."""

import json

import pytest

from labelling.labelbox import json_records
from labelling.labelbox.json_records import read_json, read_lists
from labelling.labelbox.records import ExportError, Unreadable

RECORDS = [
    {"ID": "1", "text": 'a "quoted" [bracket] \\ é \U0001f600', "n": [1.5, -2e3, True, None]},
    {"ID": "2"},
    12,
    "x",
]


def pieces_of(text: str, length: int) -> list[str]:
    return [text[i : i + length] for i in range(0, len(text), length)]


@pytest.mark.parametrize("length", [1, 2, 3, 7, 64, 1000])
@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("indent", [None, 2])
def test_it_makes_no_difference_where_a_document_is_cut(length, ensure_ascii, indent):
    text = json.dumps(RECORDS, ensure_ascii=ensure_ascii, indent=indent)
    assert list(read_json(iter(pieces_of(text, length)))) == RECORDS


@pytest.mark.parametrize("text", ["[]", " [ ]\n", "\t[\n]"])
def test_an_empty_list_has_no_records(text):
    assert list(read_json(iter(text))) == []


def test_bare_records_may_follow_one_another():
    assert list(read_json(iter('{"a": 1}\n\n{\n"b": 2\n}'))) == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize("length", [1, 5, 1000])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"ID": "1"},\n {"ID" "2"}]', "Expecting ':' delimiter at line 2, column 8."),
        ('[\n{"a": 1}\n{"b": 2}]', "Expecting ',' delimiter at line 3, column 1."),
        ('[{"a": 1}]\n ]', "Extra data at line 2, column 2."),
        ('[{"a": 1}', "Expecting ',' delimiter at line 1, column 10."),
        ('[{"a": "1', "Unterminated string starting at at line 1, column 8."),
        ("[{}, nul]", "Expecting value at line 1, column 6."),
        ('{"a": 1} x', "Extra data at line 1, column 10."),
        ("", "Expecting value at line 1, column 1."),
    ],
)
def test_an_error_is_told_with_its_place(text, place, length):
    with pytest.raises(ExportError) as raised:
        list(read_json(iter(pieces_of(text, length))))
    assert str(raised.value) == f"The file is not valid JSON: {place}"


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ("[" * 50_000 + '"]"' + "]" * 50_000, "it is nested too deep"),
        ('{"a": ' * 50_000 + "1" + "}" * 50_000, "it is nested too deep"),
        ("1" * 5000, "it holds a number too long"),
        ('{"a": "}", "b": ' + "1" * 5000 + "}", "it holds a number too long"),
    ],
    ids=["lists", "objects", "number", "number in a record"],
)
def test_a_record_that_cannot_be_held_costs_only_itself(value, detail):
    text = f'[{{"a": 1}}, {value}, {{"b": 2}}]'
    assert list(read_json(iter(pieces_of(text, 10_000)))) == [{"a": 1}, Unreadable(detail), {"b": 2}]


def test_a_deep_record_that_is_never_closed_is_an_error():
    with pytest.raises(ExportError, match="nested too deep is not closed, it begins at line 1, column 2"):
        list(read_json(iter(["[" * 100_000])))


def test_a_record_may_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(json_records, "MOST_CHARACTERS", 100)
    with pytest.raises(ExportError, match="a record is longer than"):
        list(read_json(iter(['[{"a": "', *["x" * 60] * 9, '"}]'])))


def test_a_long_document_is_never_held_whole():
    record = json.dumps({"ID": "x" * 1000}) + ","
    asked = 0

    def pieces():
        nonlocal asked
        yield "["
        for _ in range(1000):
            asked += 1
            yield record
        yield "{}]"

    for count, _ in enumerate(read_json(pieces()), start=1):
        assert asked <= min(count, 1000) + 2
    assert count == 1001


@pytest.mark.parametrize("length", [1, 2, 3, 7, 64, 1000])
@pytest.mark.parametrize("indent", [None, 2])
def test_lists_of_an_object_are_read_element_by_element_wherever_it_is_cut(length, indent):
    text = json.dumps({"info": {"a": [1]}, "x": RECORDS, "y": 5, "none": [], "z": [[1], {}]}, indent=indent)
    found = list(read_lists(iter(pieces_of(text, length)), ("x", "z", "none")))
    assert found == [*(("x", record) for record in RECORDS), ("z", [1]), ("z", {})]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[1]", "The file is JSON, but not an object."),
        ("x", "The file is not valid JSON: Expecting value at line 1, column 1."),
        ('{"x": null}', "The x of the file are not a list."),
        ('{"y": 1} {', "The file is not valid JSON: Extra data at line 1, column 10."),
        ('{"y": 1', "The file is not valid JSON: Expecting ',' delimiter at line 1, column 8."),
    ],
)
def test_an_object_without_usable_lists_is_one_sentence(text, sentence):
    with pytest.raises(ExportError) as error:
        list(read_lists(iter([text]), ("x",)))
    assert str(error.value) == sentence
