from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "releases"
    verbose_name = _("Models")

    def ready(self) -> None:
        from jobs.startup import at_start, keep_running

        at_start("releases.services.bundled_register")
        keep_running("inference", "serve_inference")
