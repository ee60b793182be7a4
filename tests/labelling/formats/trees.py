"""Files in memory."""

import io


class Files:
    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.names = tuple(sorted(files))

    def read(self, name: str, most: int = 10**9) -> bytes:
        return self.files[name][:most]

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self.files[name])


def files(content: dict[str, bytes | str]) -> Files:
    return Files(**{name: each.encode() if isinstance(each, str) else each for name, each in content.items()})
