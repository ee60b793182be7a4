"""What an app wants of the server: registered in `AppConfig.ready()`, since this app knows none of the others."""

import logging

from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

_actions: list[str] = []
_companions: dict[str, str] = {}
_chores: list[str] = []


def at_start(dotted_name: str) -> None:
    """Have `manage.py up` call a function without arguments once the tables are there."""
    if dotted_name not in _actions:
        _actions.append(dotted_name)


def start_actions_run() -> None:
    for dotted_name in _actions:
        import_string(dotted_name)()


def every_hour(dotted_name: str) -> None:
    """Have `manage.py up` call a function without arguments at its start and every hour."""
    if dotted_name not in _chores:
        _chores.append(dotted_name)


def chores_run() -> None:
    """Call what is to be called every hour; one that fails is logged and keeps no other from its turn."""
    for dotted_name in _chores:
        try:
            import_string(dotted_name)()
        except Exception:
            logger.exception("%s failed; it is called again in an hour", dotted_name)


def keep_running(name: str, command: str) -> None:
    """Have `manage.py up` run a management command beside the pages for as long as the site is up."""
    _companions[name] = command


def companions() -> dict[str, str]:
    """Management commands that run all the time, by the name of the process."""
    return dict(_companions)
