"""The kinds of work that can be queued. Each app registers its own in `AppConfig.ready()`."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from jobs.models import Queue


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    runner: dotted name of `run(reporter: Reporter, target_id: int) -> None`; imported only in the job's own process.
    page: name of the url, taking `pk=target_id`, where the result is seen.
    visible: dotted name of `f(user, target_id) -> bool`, for people who are not the owner.
    max_attempts: how often the process may die, without a landmark in between, before the job counts as failed.
    if_it_dies: a sentence on what may help then.
    """

    name: str
    queue: Queue
    runner: str
    unit: str = ""
    page: str = ""
    visible: str = ""
    max_attempts: int = 3
    if_it_dies: str | Promise = ""


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


def all_kinds() -> Iterable[Kind]:
    return tuple(_kinds.values())
