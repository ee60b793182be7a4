"""The checkpoints of one training: when one is due, which is kept, and which one to go back to."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yolo.checkpoint import Checkpoint, load_checkpoint, save_checkpoint


class SafePoints:
    """Writes checkpoints into `folder`, `seconds` after each other, and finds them again.

    The last one and the last proven one are kept: most often the one before.
    """

    def __init__(self, folder: Path, identity: Mapping[str, Any], *, seconds: float) -> None:
        self._folder, self._identity, self._seconds = folder, identity, seconds
        self._saved: float | None = None
        self._last_is_proven = False

    @property
    def identity(self) -> Mapping[str, Any]:
        """Says which training this is."""
        return self._identity

    def newest(self) -> Checkpoint | None:
        """What to resume from, None where there is nothing. Raises CheckpointError."""
        found = load_checkpoint(self._folder, identity=self._identity)
        if found is not None:
            self._saved = time.monotonic()
            self._last_is_proven = found.is_last and found.progress.proven
        return found

    def proven(self) -> Checkpoint | None:
        """What to fall back to; the newest where none is proven. Raises CheckpointError."""
        return load_checkpoint(self._folder, identity=self._identity, proven=True) or self.newest()

    @property
    def is_due(self) -> bool:
        """Whether the time has come; before the very first step too, for there a training falls back to."""
        return self._saved is None or time.monotonic() - self._saved >= self._seconds

    @property
    def is_begun(self) -> bool:
        """Whether there is one at all."""
        return self._saved is not None

    def save(self, checkpoint: Checkpoint) -> None:
        """Write one. Raises OSError, with those there untouched."""
        save_checkpoint(self._folder, checkpoint, keep_last=self._last_is_proven)
        self._last_is_proven = checkpoint.progress.proven
        self._saved = time.monotonic()
