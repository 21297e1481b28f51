"""What a paper is, by its first bytes."""

from __future__ import annotations

import pytest

from reviewer.papers.kinds import FILE, IMAGE, PDF, TEXT, is_footage, kind_of
from tests.papers.made import pdf, picture


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (pdf(1), PDF),
        (b"\r\n junk before it " + pdf(1), PDF),
        (picture(8, 8), IMAGE),
        (picture(8, 8, form="JPEG"), IMAGE),
        (picture(8, 8, form="WEBP"), IMAGE),
        (picture(8, 8, form="TIFF"), IMAGE),
        (picture(8, 8, form="BMP"), IMAGE),
        (b"22:41:30 unit 2 on scene\n", TEXT),
        ("שלום, הוא נפל".encode(), TEXT),
        ("Er fiel nach hinten über.".encode("cp1252"), TEXT),
        ("a statement".encode("utf-16"), TEXT),
        (b"PK\x03\x04\x14\x00 a word processor's file", FILE),
        (b"{\\rtf1 a statement}", FILE),
        (b"\x00\x01\x02", FILE),
        (b"   \n", FILE),
        (b"", FILE),
    ],
)
def test_the_first_bytes_say_what_it_is(head: bytes, kind: str) -> None:
    assert kind_of(head[:4096]) == kind


@pytest.mark.parametrize(
    ("head", "footage"),
    [
        (b"\x00\x00\x00\x20ftypisom", True),
        (b"\x00\x00\x00\x20ftypqt  ", True),
        (b"\x00\x00\x00\x18ftypheic", False),
        (b"RIFF\x00\x00\x00\x00AVI LIST", True),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", True),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", False),
        (b"\x1a\x45\xdf\xa3", True),
        (b"%PDF-1.7", False),
    ],
)
def test_footage_is_told_from_papers(head: bytes, footage: bool) -> None:
    assert is_footage(head) is footage
