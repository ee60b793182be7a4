"""Frames of the sample clip, for releases whose own pictures are not here."""

from itertools import islice

from detection.sample import RATE, SECONDS, sample_frames
from releases.models import ModelRelease
from releases.real_pictures import Picture


def sample_pictures(release: ModelRelease, most: int) -> list[Picture]:
    """So many frames, evenly from the whole clip; the same for every release."""
    return list(islice(sample_frames(), 0, None, -(-RATE * SECONDS // most)))
