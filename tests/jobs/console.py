"""`python -m tests.jobs.console`: queues a job of a site for each line `KIND TARGET ENTRIES` and prints its key.

ENTRIES is how many broker entries point at it: 1 as usual, 0 as if it had been lost.
"""

import os
import sys

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "maskweb.settings"
    django.setup()
    from jobs.broker import broker_put
    from jobs.kinds import kind_of
    from jobs.models import Job

    for line in sys.stdin:
        kind, target_id, entries = line.split()
        job = Job.objects.create(kind=kind, title="A job", queue=kind_of(kind).queue, target_id=int(target_id))
        for _ in range(int(entries)):
            broker_put(job)
        sys.stdout.write(f"{job.pk}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
