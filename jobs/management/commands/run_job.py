"""`manage.py run_job PK ATTEMPT`: the process of one job. The queues start it; people have no need to."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from jobs.attempts import Attempt
from jobs.processes import autogroup_follow, die_with_parent
from jobs.running import attempt_run


class Command(BaseCommand):
    help = "Runs one claimed attempt at a job. Started by the queues."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("job", type=int)
        parser.add_argument("attempt", type=int)
        parser.add_argument("--parent", type=int, help="process id of the worker this process dies with")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["parent"] is not None:
            die_with_parent(options["parent"])
        autogroup_follow()
        attempt_run(Attempt(job_id=options["job"], number=options["attempt"]))
