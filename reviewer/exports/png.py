"""A picture as PNG with words about it in text chunks (W3C Portable Network Graphics, Third Edition).

8 bits a channel, RGB, no transparency, not interlaced. No colour chunk: what the picture's numbers mean is what the
recording's own maker meant, and nothing here knows better.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from fractions import Fraction
from struct import pack

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB8 = (8, 2, 0, 0, 0)  # bit depth, colour type, compression, filter method, no interlace
_UP = 2  # filter type: the difference from the row above
_LONGEST_KEYWORD = 79


def encode_png(image: NDArray[np.uint8], texts: Mapping[str, str], aspect: Fraction = Fraction(1)) -> bytes:
    """The file of a picture. `image` is h×w×4 BGRA or h×w×3 BGR; `texts` keyword → text, in the order they are to
    stand; `aspect` the shape of a pixel (width : height). Raises ValueError for a keyword that PNG does not allow."""
    height, width = image.shape[:2]
    chunks = [_chunk(b"IHDR", pack(">2I5B", width, height, *_RGB8))]
    if aspect != 1:  # pHYs counts pixels per length: a wide pixel means fewer of them across
        chunks.append(_chunk(b"pHYs", pack(">2IB", aspect.denominator, aspect.numerator, 0)))
    chunks += [_text(keyword, text) for keyword, text in texts.items()]
    chunks += [_chunk(b"IDAT", zlib.compress(_filtered(image))), _chunk(b"IEND", b"")]
    return _SIGNATURE + b"".join(chunks)


def _filtered(image: NDArray[np.uint8]) -> bytes:
    """Rows of RGB, each with its filter type before it."""
    height, width = image.shape[:2]
    rgb = image[..., 2::-1].reshape(height, width * 3)
    rows = np.full((height, 1 + width * 3), _UP, np.uint8)
    rows[0, 1:] = rgb[0]
    rows[1:, 1:] = rgb[1:] - rgb[:-1]  # modulo 256, as the filter asks
    return rows.tobytes()


def _text(keyword: str, text: str) -> bytes:
    """tEXt where every reader understands it, iTXt (UTF-8) for what is not ASCII."""
    name = keyword.encode("ascii")
    if not 0 < len(name) <= _LONGEST_KEYWORD or not keyword.isprintable() or keyword != " ".join(keyword.split()):
        raise ValueError(f"“{keyword}” is not a keyword of a PNG")
    text = text.replace("\0", "\ufffd")  # a zero byte would end the text
    if text.isascii():
        return _chunk(b"tEXt", name + b"\0" + text.encode())
    return _chunk(b"iTXt", name + b"\0\0\0\0\0" + text.encode())  # not compressed, no language, no translated keyword


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
