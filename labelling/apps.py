from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabellingConfig(AppConfig):
    name = "labelling"
    verbose_name = _("Datasets")

    def ready(self) -> None:
        from jobs.startup import every_hour
        from labelling.models import BULK_KIND, FETCH_KIND, IMPORT_KIND, PRELABEL_KIND
        from releases.models import ReleaseConversion
        from releases.real_pictures import offer

        _register(IMPORT_KIND, runner="labelling.importing.run", unit="records", page="import")
        _register(FETCH_KIND, runner="labelling.fetching.run", unit="pictures", page="fetch")
        _register(PRELABEL_KIND, runner="labelling.prelabelling.run", unit="pictures", page="prelabel")
        _register(BULK_KIND, runner="labelling.bulk.run", unit="images", page="bulk")
        every_hour("labelling.services.looks.looks_sweep")
        offer(ReleaseConversion.Origin.VALIDATION, "labelling.real_pictures.validation_pictures", rank=0)


def _register(kind: str, *, runner: str, unit: str, page: str) -> None:
    """Make a kind of job known whose row has a page and, in `labelling.models`, a function that tells who sees it."""
    from jobs.kinds import Kind, register
    from jobs.models import Queue

    visible = f"labelling.models.{page}_is_visible"
    register(Kind(name=kind, queue=Queue.SHORT, runner=runner, unit=unit, page=f"labelling:{page}", visible=visible))
