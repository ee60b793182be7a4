from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "releases"
    verbose_name = _("Models")

    def ready(self) -> None:
        from jobs.kinds import Kind, register
        from jobs.models import Queue
        from jobs.startup import at_start, every_hour, keep_running
        from releases.batches.models import BATCH_KIND
        from releases.conversion_files import CONVERSION_KIND

        at_start("releases.services.bundled_register")
        keep_running("inference", "serve_inference")
        every_hour("releases.batches.services.batches_sweep")
        register(
            Kind(
                name=BATCH_KIND,
                queue=Queue.SHORT,
                runner="releases.batches.running.run",
                unit="photographs",
                page="releases:batch",
                visible="releases.batches.models.batch_is_visible",
            )
        )
        register(
            Kind(
                name=CONVERSION_KIND,
                queue=Queue.SHORT,
                runner="releases.converting.run",
                unit="steps",
                page="releases:conversion",
                visible="releases.access.conversion_visible",
            )
        )
