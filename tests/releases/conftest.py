"""Stand-ins for what takes long."""

import pytest

from releases import conversions, converting
from yolo.conversion import Compared
from yolo.release import ReleaseError


@pytest.fixture
def stand_in(monkeypatch):
    """What converts in place of the network; it says which pictures it was given."""
    said = {"pictures": [], "refuse": ""}

    def convert(release, *, form, to, pictures, on_wait):
        if said["refuse"]:
            raise ReleaseError(said["refuse"])
        on_wait()
        said["pictures"] = pictures
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(b"file")
        return Compared(0.000065, len(pictures))

    monkeypatch.setattr(converting, "convert", convert)
    monkeypatch.setattr(conversions, "too_large", lambda release: "")
    return said
