"""What the browser does with dropped files before they are sent: it sorts them and packs them into a zip."""

import base64
import io
import zipfile
import zlib

import pytest

pytestmark = pytest.mark.browser

ZIP = """async (files) => {
  const { storedZip } = await import("/static/js/stored-zip.js");
  const fileOf = (text) => (text === null ? broken() : new Blob([text]));
  const entries = Object.entries(files).map(([path, text]) => ({ path, file: fileOf(text) }));
  function broken() {
    return { size: 3, stream: () => new ReadableStream({ pull: (to) => to.error(new Error("gone")) }) };
  }
  const read = [];
  const { zip, failed } = await storedZip(entries, (done) => read.push(done));
  const bytes = new Uint8Array(await zip.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { zip: btoa(text), failed, read };
}"""
SORTED = """async (files) => {
  const { sorted, isOneExport } = await import("/static/js/loose-files.js");
  const groups = sorted(files.map(([path, size]) => ({ path, file: { size } })));
  const pathsOf = ([name, found]) => [name, found.map(({ path }) => path)];
  return { ...Object.fromEntries(Object.entries(groups).map(pathsOf)), one: isOneExport(groups.annotations) };
}"""


def zipped(modules, files: dict[str, str | None]) -> tuple[zipfile.ZipFile, dict]:
    answer = modules.evaluate(ZIP, files)
    return zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["zip"]))), answer


def test_the_zip_holds_the_files_whole_under_their_paths(modules):
    archive, answer = zipped(modules, {"a.jpg": "first", "tür/b c.png": "second" * 9000})
    assert archive.testzip() is None
    assert archive.namelist() == ["a.jpg", "tür/b c.png"]
    assert archive.read("tür/b c.png") == b"second" * 9000
    assert zlib.crc32(b"first") == archive.getinfo("a.jpg").CRC
    assert (answer["failed"], answer["read"]) == ([], [1, 2])


def test_a_file_that_cannot_be_read_is_left_out_and_named(modules):
    archive, answer = zipped(modules, {"a.jpg": "first", "gone.jpg": None, "z.jpg": "last"})
    assert archive.namelist() == ["a.jpg", "z.jpg"]
    assert archive.testzip() is None
    assert answer["failed"] == [{"path": "gone.jpg"}]


def test_more_files_than_an_old_zip_can_count_are_packed(modules):
    archive, _answer = zipped(modules, {f"{number}.jpg": "x" for number in range(65_600)})
    assert len(archive.namelist()) == 65_600
    assert archive.read("65599.jpg") == b"x"


def test_files_are_sorted_by_what_they_are_good_for(modules):
    of_systems = ["d/.DS_Store", "__MACOSX/a.jpg"]
    files = [*of_systems, "d/a.JPG", "d/b.webp", "d/export.json", "d/notes.docx", "p.zip", "d/a.JPG"]
    answer = modules.evaluate(SORTED, [*([path, 5] for path in files), ["empty.png", 0]])
    assert answer == {
        "pictures": ["d/a.JPG", "d/b.webp"],
        "annotations": ["d/export.json"],
        "zips": ["p.zip"],
        "left": ["d/notes.docx", "empty.png"],
        "one": True,
    }


@pytest.mark.parametrize(
    ("files", "one"), [(["a.csv"], True), (["a.json", "b.json"], False), (["a.xml"], False), ([], False)]
)
def test_one_export_is_told_from_many_files_of_annotations(modules, files, one):
    assert modules.evaluate(SORTED, [[path, 5] for path in files])["one"] is one
