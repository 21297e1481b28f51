"""Pictures that are papers: scans, photographs, what was pasted. By Pillow, for a process apart."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from reviewer.domain.errors import UnreadablePaper
from reviewer.papers.sheet import MOST_PIXELS, Hit, PagePicture, PageText, Sheets

LARGEST = 120_000_000
"""Pixels of a picture that is opened: an A0 sheet at 300 dpi has 139 million, a phone's camera up to 108."""
_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")
_MOST_FRAMES = 2_000
_DPI = 96.0
_POINTS = 72.0
_FEWEST_DPI, _MOST_DPI = 36.0, 2_400.0


class PicturePaper:
    """One picture, open; a TIFF may have several pages. Of one thread."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        self._kept: tuple[int, Image.Image] | None = None
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # `LARGEST` is ours
        Image.MAX_IMAGE_PIXELS = LARGEST
        try:
            self._image = Image.open(file, formats=_FORMATS)
        except Image.DecompressionBombError as wrong:
            raise self._too_large() from wrong
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as wrong:
            raise self._damaged() from wrong
        self._frames = min(_MOST_FRAMES, getattr(self._image, "n_frames", 1)) if self._image.format == "TIFF" else 1

    def sheets(self) -> Sheets:
        """Its pages, as `Paper` has it."""
        self._full(1)  # what cannot be decoded is said now
        return Sheets(tuple(self._size(number) for number in range(1, self._frames + 1)))

    def _size(self, page: int) -> tuple[float, float]:
        """In points, by the resolution that the picture claims."""
        image = self._full(page) if page == 1 else self._frame(page)
        dpi = image.info.get("dpi", (_DPI, _DPI))
        found = float(dpi[0]) if isinstance(dpi, tuple) and dpi else _DPI
        found = found if _FEWEST_DPI <= found <= _MOST_DPI else _DPI
        return image.width * _POINTS / found, image.height * _POINTS / found

    def _frame(self, page: int) -> Image.Image:
        try:
            self._image.seek(page - 1)
        except (OSError, ValueError, EOFError, SyntaxError) as wrong:
            raise self._damaged(page) from wrong
        if self._image.width * self._image.height > LARGEST:
            raise self._too_large()
        return self._image

    def _full(self, page: int) -> Image.Image:
        """The page decoded, upright, on white."""
        if self._kept is not None and self._kept[0] == page:
            return self._kept[1]
        try:
            image = self._frame(page)
            info = dict(image.info)
            image = ImageOps.exif_transpose(image)
            image = _eight_bits(image)
            if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                drawn = image.convert("RGBA")
                image = Image.new("RGB", drawn.size, "white")
                image.paste(drawn, mask=drawn.getchannel("A"))
            image = image.convert("RGB")
            image.info = info
        except (OSError, ValueError, EOFError, SyntaxError, Image.DecompressionBombError) as wrong:
            raise self._damaged(page) from wrong
        self._kept = (page, image)
        return image

    def picture(self, page: int, width: int) -> PagePicture:
        """A page, as `Paper` has it."""
        image = self._full(page)
        most = min(width, image.width * 4, int((MOST_PIXELS * image.width / image.height) ** 0.5))
        wide = max(1, most)
        high = max(1, round(image.height * wide / image.width))
        if wide != image.width:
            way = Image.Resampling.LANCZOS if wide < image.width else Image.Resampling.BILINEAR
            image = image.resize((wide, high), way, reducing_gap=2.0)
        pixels = np.full((image.height, image.width, 4), 255, dtype=np.uint8)
        pixels[..., :3] = np.asarray(image, dtype=np.uint8)[..., ::-1]
        return PagePicture(page, pixels)

    def text(self, page: int) -> PageText:
        """A page’s lines, as `Paper` has it."""
        return PageText(page, ())

    def find(self, words: str, first: int, last: int) -> tuple[Hit, ...]:
        """Where words stand, as `Paper` has it."""
        return ()

    def _damaged(self, page: int = 1) -> UnreadablePaper:
        where = f"Page {page} of “{self._name}”" if page > 1 else f"“{self._name}”"
        return UnreadablePaper(
            f"{where} is damaged: it cannot be read as a picture.", "Ask for it again, or attach it unopened."
        )

    def _too_large(self) -> UnreadablePaper:
        return UnreadablePaper(
            f"“{self._name}” has more than {LARGEST // 1_000_000} million pixels.",
            "Save it smaller and attach that too, or attach it unopened.",
        )


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits a pixel, as some scanners give, by their upper half."""
    if not image.mode.startswith("I"):
        return image
    with suppress(ValueError):
        values = np.asarray(image).astype(np.int64)
        return Image.fromarray((values.clip(0, 65_535) >> 8).astype(np.uint8))
    return image
