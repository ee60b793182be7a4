"""The kinds of work that can be queued. Each app registers its own in `AppConfig.ready()`."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from jobs.models import Queue


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    runner: dotted name of `run(reporter: Reporter, target_id: int) -> None`; imported only in the job's own process.
    page: name of the url, taking `pk=target_id`, where the result is seen.
    visible: dotted name of `f(user, target_id) -> bool`, for people who are not the owner.
    max_attempts: how often the process may die, without a landmark in between, before the job counts as failed.
    if_it_dies: a sentence on what may help then.
    achieved: dotted name of `f(target_id) -> str`: empty until what the job is for is there, then a sentence for the
        job that is stopped, or fails, in the little that is left. Such a job counts as done; what it failed of stays on
        its row. Called by workers and web processes.
    """

    name: str
    queue: Queue
    runner: str
    unit: str = ""
    page: str = ""
    visible: str = ""
    max_attempts: int = 3
    if_it_dies: str | Promise = ""
    achieved: str = ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. The same kind twice does no harm; two kinds of one name do."""
    known = _kinds.setdefault(kind.name, kind)
    if known != kind:
        raise ValueError(f"Two different kinds of job are called {kind.name!r}.")


def kind_of(name: str) -> Kind:
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"No kind of job is called {name!r}; known are {sorted(_kinds)}.") from None


def achievement(name: str, target_id: int | None) -> str:
    """What a job of this kind can say for itself when it ends now; empty while it has done nothing whole."""
    kind = _kinds.get(name)
    if kind is None or not kind.achieved or target_id is None:
        return ""
    return str(import_string(kind.achieved)(target_id))


def all_kinds() -> Iterable[Kind]:
    return tuple(_kinds.values())
