"""The secret key: from the environment, or made once beside the embedded database."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret_key(*, data_dir: Path, embedded: bool) -> str:
    """Return MASKWEB_SECRET_KEY, or on the embedded default the key file's content, made on first use.

    Raises ImproperlyConfigured where a server database is configured and no key is given: several
    processes or machines would otherwise each make their own and sign one another's users out.
    """
    given = os.environ.get("MASKWEB_SECRET_KEY")
    if given:
        return given
    if not embedded:
        raise ImproperlyConfigured("DATABASE_URL is set but MASKWEB_SECRET_KEY is not: give a long random secret.")
    path = data_dir / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    """Write a new key to a file of its own and link it into place, so that nobody reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as file:  # made with mode 0600
        file.write(secrets.token_urlsafe(50))
        file.flush()
        with suppress(FileExistsError):  # another process was first
            path.hardlink_to(file.name)
    return path.read_text().strip()
