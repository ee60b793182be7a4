from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DetectionConfig(AppConfig):
    name = "detection"
    verbose_name = _("Cameras and clips")

    def ready(self) -> None:
        from jobs.kinds import Kind, register
        from jobs.models import Queue
        from jobs.startup import at_start
        from releases.models import ReleaseConversion
        from releases.real_pictures import offer

        at_start("detection.incoming.incoming_sweep")
        offer(ReleaseConversion.Origin.SAMPLE, "detection.real_pictures.sample_pictures", rank=1)
        register(
            Kind(
                name="detection.process_clip",
                queue=Queue.DETECTION,
                runner="detection.processing.run",
                unit="frames",
                page="detection:analysis",
                visible="detection.access.analysis_visible",
            )
        )
        register(
            Kind(
                name="detection.release_preview",
                queue=Queue.SHORT,
                runner="detection.previewing.run",
                unit="frames",
                page="detection:preview",
                visible="detection.access.preview_visible",
            )
        )
