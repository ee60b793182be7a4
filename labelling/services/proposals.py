"""What people decide about the boxes that a release proposes."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from labelling.models import Box, BoxChange, Image, Proposal
from labelling.services.boxes import box_create


class ProposalDecided(ValidationError):
    """Somebody has accepted the proposal or thrown it away already, or a later pre-labelling has replaced it."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has decided about this proposal already, or it was replaced."))


@transaction.atomic
def proposal_decide(*, proposal: Proposal, accept: bool, by: User) -> Box | None:
    """Make a proposal a box of its image, or throw it away: the box, None without one.

    Raises ProposalDecided when it is open no more, and ValidationError as box_create does.
    """
    Image.objects.select_for_update(no_key=True).get(pk=proposal.image_id)
    row = (
        Proposal.objects.select_related("image", "box_class").filter(pk=proposal.pk, state=Proposal.State.OPEN).first()
    )
    if row is None:
        raise ProposalDecided
    return _decide(row, accept=accept, by=by)


@transaction.atomic
def proposals_decide(*, image: Image, accept: bool, least_score: float, by: User) -> list[Proposal]:
    """Accept all open proposals of an image from a score up, or throw them all away; those that were decided."""
    Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    rows = image.proposals.filter(state=Proposal.State.OPEN, score__gte=least_score)
    decided = list(rows.select_related("image", "box_class"))
    for row in decided:
        _decide(row, accept=accept, by=by)
    return decided


def _decide(row: Proposal, *, accept: bool, by: User) -> Box | None:
    box = None
    if accept:
        source = BoxChange.Source.PROPOSAL
        box = box_create(image=row.image, box_class=row.box_class, xyxy=row.xyxy, by=by, source=source)
    row.state = Proposal.State.ACCEPTED if accept else Proposal.State.REJECTED
    row.decided_at, row.decided_by = timezone.now(), by
    row.box_key = box.pk if box else None
    row.save(update_fields=["state", "decided_at", "decided_by", "box_key"])
    return box
