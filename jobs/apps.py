from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from django.conf import settings
        from django.utils.module_loading import import_string

        from jobs.kinds import register
        from maskweb.checks import register_checks

        register_checks()
        for dotted in settings.EXTRA_KINDS:
            for kind in import_string(dotted):
                register(kind)
