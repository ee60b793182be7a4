"""Runs a measurement. For workers only: it loads OpenVINO."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.reporter import JobFailure, Reporter
from training.evaluating import figures_of, picture_rows, release_judge
from training.evaluations.models import MEASURED_IN, Evaluation
from yolo.release import ReleaseError
from yolo.samples import SampleError


class EvaluationFailure(JobFailure):
    """A release cannot be measured; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int) -> None:
    """Measure a release on a part of a version, in float32. Running it again does no harm."""
    row = Evaluation.objects.select_related("release", "version__dataset").filter(pk=target_id).first()
    if row is None:
        raise EvaluationFailure(_("The model was deleted."))
    if row.finished_at is not None:
        return
    try:
        judged = release_judge(
            row.release,
            row.version,
            split=row.split,
            precision=MEASURED_IN,
            on_picture=lambda done, total: reporter.progress(done=done, total=total),
        )
    except ValidationError as error:
        raise EvaluationFailure(" ".join(error.messages)) from error
    except (ReleaseError, SampleError) as error:
        raise EvaluationFailure(str(error)) from error
    values = {"figures": figures_of(judged), "pictures": picture_rows(judged), "finished_at": timezone.now()}
    with reporter.safe_point():
        Evaluation.objects.filter(pk=row.pk).update(**values)
