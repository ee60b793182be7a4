"""Every write about pre-labellings that a person asks for."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from jobs.services import job_enqueue
from labelling.models import PRELABEL_KIND, Dataset, Image, PreLabel
from labelling.services.opinions import opinions_refresh
from releases.models import ModelRelease
from releases.services import NoRelease, release_active

__all__ = ["opinions_refresh", "prelabel_create", "prelabel_start", "prelabel_title"]

LEAST_SCORE = 0.5


@transaction.atomic
def prelabel_create(
    *,
    dataset: Dataset,
    images: QuerySet[Image] | None,
    by: User | None,
    release: ModelRelease | None = None,
    least_score: float = LEAST_SCORE,
    proposes: bool = True,
) -> PreLabel:
    """Put a pre-labelling on record; nothing is looked at yet.

    `images`: those to look at, None for all; without their picture they are left out. `release`:
    the active one unless named. Raises ValidationError without a picture or a release, and while
    another pre-labelling of the dataset is under way.
    """
    if not 0 <= least_score <= 1:
        raise ValidationError({"least_score": _("The least score lies between 0 and 1.")})
    if dataset.prelabels.underway().exists():
        raise ValidationError(_("Another pre-labelling of this dataset is under way. Wait for it, or cancel it."))
    ready = Image.objects.visible().filter(dataset=dataset).exclude(file="")
    if images is not None:
        ready = ready.filter(pk__in=images.order_by().values("pk"))
    if not ready.exists():
        raise ValidationError(_("None of these images has its picture yet."))
    row = PreLabel(
        dataset=dataset,
        release=release or _active(),
        least_score=least_score,
        image_keys=None if images is None else list(ready.order_by("pk").values_list("pk", flat=True)),
        proposes=proposes,
        created_by=by,
    )
    row.full_clean()
    row.save()
    audit(actor=by, action="prelabel_create", target=row, dataset=dataset.name, release=row.release.name)
    return row


@transaction.atomic
def prelabel_start(
    *,
    dataset: Dataset,
    images: QuerySet[Image] | None,
    by: User,
    release: ModelRelease | None = None,
    least_score: float = LEAST_SCORE,
    proposes: bool = True,
) -> PreLabel:
    """Queue a release over images of a dataset, to propose boxes or only to check those that are there.

    Raises ValidationError as prelabel_create does.
    """
    row = prelabel_create(
        dataset=dataset, images=images, by=by, release=release, least_score=least_score, proposes=proposes
    )
    row.job = job_enqueue(kind=PRELABEL_KIND, title=prelabel_title(row), owner=by, target_id=row.pk)
    row.save(update_fields=["job"])
    return row


def prelabel_title(row: PreLabel) -> str:
    """What the job of a pre-labelling is called."""
    title = _("Pre-label %(dataset)s with %(release)s") if row.proposes else _("Check %(dataset)s with %(release)s")
    return title % {"dataset": row.dataset.name, "release": row.release.name}


def _active() -> ModelRelease:
    try:
        return release_active()
    except NoRelease as error:
        raise ValidationError(str(error)) from error
