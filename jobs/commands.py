"""The base of the commands that scripts call: data folder prepared, one JSON object out, errors as sentences."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.data_folder import data_folder_prepare
from jobs.reporter import JobFailure


class DataCommand(BaseCommand):
    """With `--json`, standard output holds one JSON object and nothing else.

    errors: exceptions whose text is a sentence for people; they end the command with exit status 1.
    option_of: what an error about a field names, where that is not the option of the same name; "" where the
    sentence names it itself.
    """

    requires_system_checks: list[str] = []
    errors: tuple[type[Exception], ...] = (JobFailure, ValidationError)
    option_of: ClassVar[Mapping[str, str]] = {}

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        self._options = {
            action.dest: action.option_strings[-1] for action in parser._actions if action.option_strings
        } | dict(self.option_of)
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._json = bool(options.get("json"))
        data_folder_prepare()
        try:
            return super().execute(*args, **options)
        except self.errors as error:
            raise CommandError(" ".join(self._sentences(error))) from error

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

    def _sentences(self, error: Exception) -> Iterator[str]:
        """What an error tells people, each with the option that it is about, or the field where there is none."""
        if not isinstance(error, ValidationError):
            yield str(error)
        elif not hasattr(error, "error_dict"):
            yield from error.messages
        else:
            for field, sentences in error.message_dict.items():
                about = "" if field == NON_FIELD_ERRORS else self._options.get(field, field)
                yield from (f"{about}: {sentence}" if about else sentence for sentence in sentences)
