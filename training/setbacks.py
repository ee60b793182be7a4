"""What is told of a training that diverged and went back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from yolo.stability import Trouble


def setback_sentence(setback: Mapping[str, Any]) -> str:
    """One entry of `TrainingRun.setbacks` for people."""
    troubles = {
        Trouble.NO_NUMBER.name: _("The loss was no longer a number in epoch %(epoch)s, step %(step)s"),
        Trouble.EXPLODED.name: _("The loss exploded in epoch %(epoch)s, step %(step)s"),
        Trouble.WEIGHTS.name: _("Weights or batch statistics outgrew all bounds in epoch %(epoch)s, step %(step)s"),
        Trouble.COLLAPSED.name: _("After epoch %(epoch)s the network hardly found anything any more"),
    }
    what = troubles.get(setback.get("trouble", ""), _("The loss diverged in epoch %(epoch)s, step %(step)s")) % setback
    words = {"what": what, "share": f"{setback['rate_share']:g}"}
    return _("%(what)s: back to the last good checkpoint, at %(share)s of the rate.") % words
