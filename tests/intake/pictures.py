"""Small real pictures with EXIF for the tests of intake."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

EXIF, GPS = 0x8769, 0x8825
LOCAL = {36867: "2026:06:13 22:42:17", 37521: "25"}
OFFSET = {36881: "+03:00"}
SATELLITE = {29: "2026:06:13", 7: (19.0, 42.0, 15.0)}
PLACE = {1: "N", 2: (60.0, 10.0, 12.0), 3: "E", 4: (24.0, 56.0, 24.0), 31: 4.5, 17: 90.0}


def picture(
    own: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
    main: dict[int, Any] | None = None,
    kind: str = "JPEG",
) -> bytes:
    """A picture with these tags in its EXIF directories."""
    exif = Image.Exif()
    for tag, value in (main or {}).items():
        exif[tag] = value
    exif.get_ifd(EXIF).update(own or {})
    exif.get_ifd(GPS).update(gps or {})
    out = BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, kind, exif=exif)
    return out.getvalue()
