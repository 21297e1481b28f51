"""What a paper is, by its first bytes: the name says little, and what it says may be wrong."""

from __future__ import annotations

LARGEST = 200_000_000
"""Bytes of a document that is attached. A book of 300 scanned pages has about 60 MB."""

PDF, IMAGE, TEXT, FILE = "pdf", "image", "text", "file"
"""What can be shown here page by page, and what is kept and given out again but not opened ("file")."""

HEAD = 4_096
"""Bytes that `kind_of` wants to see."""

_PDF = b"%PDF-"
_PDF_WITHIN = 1_024  # PDF 32000-1, Annex H: the header may stand within the first 1024 bytes
_IMAGES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
)
_FOOTAGE = (
    (0, b"\x1a\x45\xdf\xa3"),  # Matroska, WebM
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"\x00\x00\x01\xba"),  # MPEG program stream
    (8, b"AVI "),
    (8, b"WAVE"),
)
_NO_TEXT = frozenset(range(32)) - {9, 10, 12, 13, 27}  # control characters that no text has


def kind_of(head: bytes) -> str:
    """One of the four, by the first `HEAD` bytes."""
    if _PDF in head[:_PDF_WITHIN]:
        return PDF
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return IMAGE
    return TEXT if is_text(head) else FILE


def is_footage(head: bytes) -> bool:
    """Whether it is video or sound, which has a way in of its own (`services/ingest`)."""
    film = head[4:8] == b"ftyp" and head[8:12] not in (b"heic", b"heix", b"mif1", b"msf1", b"avif")
    return film or any(head[at : at + len(mark)] == mark for at, mark in _FOOTAGE)


def is_text(head: bytes) -> bool:
    """Whether these may be the first bytes of a plain text. Nothing at all is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    return bool(head.strip()) and not _NO_TEXT.intersection(head) and not head.lstrip().startswith((b"{\\rtf", b"%!PS"))
