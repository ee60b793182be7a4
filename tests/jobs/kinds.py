"""Kinds of job for the tests; child processes learn of them by MASKWEB_EXTRA_KINDS=tests.jobs.kinds.KINDS."""

from jobs.kinds import Kind
from jobs.models import Queue

LINES = Kind(name="tests.lines", queue=Queue.DETECTION, runner="tests.jobs.runners.lines", unit="lines", max_attempts=4)
QUIET = Kind(name="tests.quiet", queue=Queue.TRAINING, runner="tests.jobs.runners.lines")
PAIR = Kind(name="tests.pair", queue=Queue.SHORT, runner="tests.jobs.runners.lines")
SHORT = Kind(name="tests.short", queue=Queue.SHORT, runner="tests.jobs.runners.short")
STUCK = Kind(name="tests.stuck", queue=Queue.DETECTION, runner="tests.jobs.runners.stuck")
FAILING = Kind(name="tests.failing", queue=Queue.SHORT, runner="tests.jobs.runners.failing")
BROKEN = Kind(name="tests.broken", queue=Queue.SHORT, runner="tests.jobs.runners.broken")
OPEN = Kind(name="tests.open", queue=Queue.SHORT, runner="tests.jobs.runners.short", visible="tests.jobs.kinds.to_bob")
WHOLE = Kind(
    name="tests.whole",
    queue=Queue.SHORT,
    runner="tests.jobs.runners.stopping",
    achieved="tests.jobs.kinds.whole_of_seven",
)
KINDS = (LINES, QUIET, PAIR, SHORT, STUCK, FAILING, BROKEN, OPEN, WHOLE)


def whole_of_seven(target_id: int) -> str:
    return "All but the trimmings is done." if target_id == 7 else ""


def to_bob(user: object, target_id: int) -> bool:
    return getattr(user, "username", "") == "bob" and target_id == 7
