"""What an app wants done when the server starts: registered in `AppConfig.ready()` by dotted name."""

from django.utils.module_loading import import_string

_actions: list[str] = []


def at_start(dotted_name: str) -> None:
    """Have `manage.py up` call a function without arguments once the tables are there."""
    if dotted_name not in _actions:
        _actions.append(dotted_name)


def start_actions_run() -> None:
    for dotted_name in _actions:
        import_string(dotted_name)()
