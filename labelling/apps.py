from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabellingConfig(AppConfig):
    name = "labelling"
    verbose_name = _("Datasets")

    def ready(self) -> None:
        from jobs.kinds import Kind, register
        from jobs.models import Queue
        from labelling.models import FETCH_KIND, IMPORT_KIND, PRELABEL_KIND

        register(
            Kind(
                name=IMPORT_KIND,
                queue=Queue.SHORT,
                runner="labelling.importing.run",
                unit="records",
                page="labelling:import",
                visible="labelling.models.import_is_visible",
            )
        )
        register(
            Kind(
                name=FETCH_KIND,
                queue=Queue.SHORT,
                runner="labelling.fetching.run",
                unit="pictures",
                page="labelling:fetch",
                visible="labelling.models.fetch_is_visible",
            )
        )
        register(
            Kind(
                name=PRELABEL_KIND,
                queue=Queue.SHORT,
                runner="labelling.prelabelling.run",
                unit="pictures",
                page="labelling:prelabel",
                visible="labelling.models.prelabel_is_visible",
            )
        )
