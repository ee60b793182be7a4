"""Pictures whose head announces more pixels than any is decoded with; small files, as only the head is read."""

import io
import struct
import zlib

from PIL import Image


def png_of(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel whose data begins and never ends."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = struct.pack(">I", len(head) - 4) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunks + struct.pack(">I", 2**20) + b"IDAT"


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG of 8 x 8 pixels whose frame header says otherwise."""
    out = io.BytesIO()
    Image.new("L", (8, 8)).save(out, "JPEG")
    before, _marker, frame = out.getvalue().partition(b"\xff\xc0")
    return before + b"\xff\xc0" + frame[:3] + struct.pack(">HH", height, width) + frame[7:]


TOO_LARGE = {
    "as large as Pillow reads": jpeg_of(12_000, 10_000),
    "larger than Pillow reads": jpeg_of(20_000, 10_000),
    "much larger, a PNG": png_of(40_000, 40_000),
}
