"""The base of the commands that scripts call: data folder prepared, one JSON object out, errors as sentences."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.data_folder import data_folder_prepare
from jobs.reporter import JobFailure


class DataCommand(BaseCommand):
    """With `--json`, standard output holds one JSON object and nothing else.

    errors: exceptions whose text is a sentence for people; they end the command with exit status 1.
    """

    requires_system_checks: list[str] = []
    errors: tuple[type[Exception], ...] = (JobFailure, ValidationError)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._json = bool(options.get("json"))
        data_folder_prepare()
        try:
            return super().execute(*args, **options)
        except self.errors as error:
            raise CommandError(_sentence(error)) from error

    def say(self, text: str) -> None:
        """Tell the person at the terminal something, on standard error."""
        self.stderr.write(text, style_func=str)

    def result(self, values: dict[str, Any]) -> None:
        """Print what the command found: one JSON object, or a line for each value without `--json`."""
        if self._json:
            self.stdout.write(json.dumps(values, ensure_ascii=False, default=str))
            return
        for name, value in values.items():
            self.stdout.write(f"{name}: {value}")


def _sentence(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
