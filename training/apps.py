from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

MEMORY_HELPS = _("If memory is short, a smaller batch, canvas or network needs less; resume it once there is more.")


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        from jobs.kinds import Kind, register
        from jobs.models import Queue
        from releases.completion import PARTS
        from training.evaluations.models import EVALUATION_KIND

        register(
            Kind(
                name="training.run",
                queue=Queue.TRAINING,
                runner="training.runs.run",
                unit="steps",
                page="training:run",
                visible="training.access.may_see_run",
                achieved="training.access.published",
                if_it_dies=MEMORY_HELPS,
            )
        )
        register(
            Kind(
                name=EVALUATION_KIND,
                queue=Queue.SHORT,
                runner="training.evaluations.running.run",
                unit="pictures",
                page="training:evaluation",
                visible="training.evaluations.models.evaluation_is_visible",
            )
        )
        for part, name in PARTS.items():
            register(
                Kind(
                    name=name,
                    queue=Queue.TRAINING,
                    runner=f"training.completing.run_{part}",
                    unit="pictures",
                    page="releases:release",
                    visible="training.access.may_see_release",
                )
            )
