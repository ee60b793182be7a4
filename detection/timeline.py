"""Where each passage stands in the timeline below the player. Plain Python, no Django."""

from collections.abc import Sequence


def pack_lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """The lane of each span (begin, end), so that no two spans of a lane touch and lanes are few.

    Spans are taken by their begin, each into the first lane that is free (interval partitioning, which
    needs no more lanes than the largest number of faces seen at one time).
    """
    lanes = [0] * len(spans)
    free_after: list[float] = []
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        begin, end = spans[index]
        lane = next((lane for lane, until in enumerate(free_after) if until < begin), len(free_after))
        if lane == len(free_after):
            free_after.append(end)
        free_after[lane] = end
        lanes[index] = lane
    return lanes
