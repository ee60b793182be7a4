"""The secret key: from the environment, or made once beside the embedded database."""

import os
import secrets
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
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text().strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
