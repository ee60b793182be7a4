"""How long calls take that take turns, so that a machine that does other work disturbs all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Key = TypeVar("Key")


def interleaved(
    runners: Mapping[Key, Callable[[], object]], *, rounds: int, warm_up: int = 5
) -> dict[Key, list[float]]:
    """Milliseconds of each of `rounds` calls; `warm_up` more go before and are not counted."""
    times: dict[Key, list[float]] = {name: [] for name in runners}
    for number in range(rounds + warm_up):
        for name, run in runners.items():
            begin = time.perf_counter()
            run()
            if number >= warm_up:
                times[name].append((time.perf_counter() - begin) * 1000)
    return times
