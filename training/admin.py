"""Training runs in the Django administration: to look at. They are started and stopped on their own pages."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from training.evaluations.models import Evaluation
from training.models import Curve, Epoch, Examination, StartWeights, TrainingRun

Row = TypeVar("Row", bound=Model)


class EpochInline(admin.TabularInline[Epoch, TrainingRun]):
    model = Epoch
    extra = 0
    can_delete = False
    fields = readonly_fields = ("number", "losses", "metrics", "learning_rate", "seconds", "data_share")

    def has_add_permission(self, request: HttpRequest, obj: TrainingRun | None = None) -> bool:
        return False


class OnlyShown(admin.ModelAdmin[Row]):
    """Rows that are written by trainings alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


@admin.register(TrainingRun)
class TrainingRunAdmin(OnlyShown[TrainingRun]):
    list_display = ("__str__", "version", "network", "net_size", "epochs", "release", "created_at", "created_by")
    list_filter = ("network", "net_size")
    list_select_related = ("version__dataset", "release", "created_by")
    inlines = (EpochInline,)


@admin.register(StartWeights)
class StartWeightsAdmin(OnlyShown[StartWeights]):
    list_display = ("name", "network", "layers", "size", "sha256", "source", "created_at")
    list_filter = ("network",)
    search_fields = ("name", "sha256", "source")


@admin.register(Examination)
class ExaminationAdmin(OnlyShown[Examination]):
    list_display = ("run", "classes", "thresholds")
    list_select_related = ("run",)
    exclude = ("pictures",)


@admin.register(Curve)
class CurveAdmin(OnlyShown[Curve]):
    list_display = ("run", "width", "peak_megabytes")
    list_select_related = ("run",)
    exclude = ("points",)


@admin.register(Evaluation)
class EvaluationAdmin(admin.ModelAdmin[Evaluation]):
    list_display = ("release", "version", "split", "finished_at", "created_by")
    list_filter = ("split", "finished_at")
    list_select_related = ("release", "version__dataset", "created_by")
    search_fields = ("release__name", "version__dataset__name")
    exclude = ("pictures",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Evaluation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Evaluation | None = None) -> bool:
        return False
