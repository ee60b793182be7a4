"""What jobs do to their processes, and the system to them."""

from jobs.processes import memory_kills


def test_kills_for_want_of_memory_are_counted_where_the_kernel_tells(tmp_path):
    told = tmp_path / "vmstat"
    assert memory_kills(told) == 0
    told.write_text("nr_free_pages 7\noom_kill 3\npgfault 12\n")
    assert memory_kills(told) == 3
