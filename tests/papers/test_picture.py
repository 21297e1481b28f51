"""Pictures that are papers: upright, on white, in the colours they have, within bounds."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.picture import LARGEST, PicturePaper
from tests.papers.made import picture, tiff


def paper(data: bytes) -> PicturePaper:
    return PicturePaper(io.BytesIO(data), "Photo.png")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_its_colours_come_out_as_blue_green_red(form: str) -> None:
    found = paper(picture(400, 200, (200, 30, 60), form))
    assert found.sheets().pages == 1
    pixels = found.picture(1, 200).pixels
    assert pixels.shape == (100, 200, 4)
    assert np.abs(pixels[50, 150].astype(int) - (60, 30, 200, 255)).max() < 12
    assert pixels[50, 20].min() > 240


def test_what_is_transparent_lies_on_white() -> None:
    assert paper(picture(40, 20, (200, 30, 60, 0))).picture(1, 40).pixels[10, 35].tolist() == [255, 255, 255, 255]


def test_a_photograph_stands_as_its_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter clockwise to stand upright
    data = picture(400, 200, form="JPEG", exif=exif)
    found = paper(data)
    wide, high = found.sheets().sizes[0]
    assert high == 2 * wide
    pixels = found.picture(1, 100).pixels
    assert pixels.shape[:2] == (200, 100)
    assert pixels[20, 50].min() > 240, "the white left half is on top now"
    assert pixels[180, 50].min() < 100


def test_sixteen_bits_keep_their_shades() -> None:
    out = io.BytesIO()
    Image.fromarray(np.full((20, 20), 128 << 8, dtype=np.uint16)).save(out, "PNG")
    assert abs(int(paper(out.getvalue()).picture(1, 20).pixels[5, 5, 0]) - 128) <= 1


def test_every_page_of_a_scan_is_its_own() -> None:
    found = paper(tiff(4))
    assert found.sheets().pages == 4
    shades = [int(found.picture(n, 100).pixels[50, 50, 0]) for n in (1, 4, 2, 3)]
    assert shades == [250, 190, 230, 210]


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims so many pixels (PNG 3rd edition, 5.6)."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_one_that_claims_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    assert LARGEST < 50_000 * 50_000
    with pytest.raises(UnreadablePaper, match="million pixels"):
        paper(bomb(50_000, 50_000)).sheets()


@pytest.mark.parametrize("data", [picture(40, 40)[:60], picture(400, 400, form="JPEG")[:200], b"\x89PNG\r\n\x1a\n"])
def test_a_broken_one_says_so(data: bytes) -> None:
    with pytest.raises(UnreadablePaper, match=r"Photo\.png"):
        paper(data).sheets()


def test_it_is_not_drawn_larger_than_bounds_allow() -> None:
    drawn = paper(picture(300, 3)).picture(1, 100_000).pixels
    assert drawn.shape[1] == 1_200, "four times its own pixels say all there is to see"
