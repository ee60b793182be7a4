"""Files of an export that grow while pictures go by."""

from labelling.formats.entries import IN_MEMORY, PIECE, ExportEntry, Spool


def test_a_spool_gives_back_what_was_added():
    spool = Spool()
    spool.add("one\n")
    spool.add("zwölf\n")
    assert (b"".join(spool.pieces()).decode(), spool.rows) == ("one\nzwölf\n", 2)


def test_a_large_spool_comes_in_pieces():
    spool = Spool()
    for _ in range(5):
        spool.add("x" * (IN_MEMORY // 4))
    pieces = list(spool.pieces())
    assert max(map(len, pieces)) == PIECE
    assert sum(map(len, pieces)) == 5 * (IN_MEMORY // 4)


def test_a_large_picture_comes_in_pieces(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x" * (2 * PIECE + 1))
    assert [len(piece) for piece in ExportEntry("a.jpg", picture=tmp_path / "a.jpg").pieces()] == [PIECE, PIECE, 1]
