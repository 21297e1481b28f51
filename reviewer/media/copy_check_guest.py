"""The one guest in a copy: C2PA's manifest (C2PA 2.1, A.5.1: a `uuid` box), and what may stand in it.

A manifest can carry thumbnails, older manifests with thumbnails of their own, and metadata of the camera. So the
labels of its boxes (JUMBF, ISO/IEC 19566-5) go by a list of what may be there, like the file's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_ALLOWED = (
    "c2pa",
    "c2pa.assertions",
    "c2pa.actions",
    "c2pa.claim",
    "c2pa.signature",
    "c2pa.hash.bmff",
    "c2pa.hash.data",
    "c2pa.credentials",
    "c2pa.databoxes",
)
_PICTURES = (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n", b"image/jpeg", b"image/png", b"WEBPVP8")
_WORDS = {"thumbnail": "a thumbnail", "ingredient": "another file’s manifest", "exif": "the camera’s metadata"}


def guest_problems(content: memoryview) -> list[str]:
    """What the box carries that a copy’s manifest has no use for, each a sentence."""
    found: list[str] = []
    try:
        labels = list(_labels(content))
    except (struct.error, ValueError, UnicodeDecodeError):
        return ["The file’s C2PA manifest cannot be read."]
    for label in labels:
        if label.startswith(("urn:c2pa:", "urn:uuid:")) or _known(label):
            continue
        what = next((words for word, words in _WORDS.items() if word in label), f"“{label[:60]}”")
        found.append(f"The file’s C2PA manifest carries {what}.")
    if any(mark in bytes(content) for mark in _PICTURES):
        found.append("The file’s C2PA manifest carries a picture.")
    return list(dict.fromkeys(found))


def _known(label: str) -> bool:
    """Versions (`.v2`) and counts (`__1`) aside, it is on the list; a statement of ours names no footage."""
    plain = label.partition("__")[0]
    parts = plain.split(".")
    if parts[-1][:1] == "v" and parts[-1][1:].isdigit():
        plain = ".".join(parts[:-1])
    return plain in _ALLOWED or plain.startswith("reviewer.")


def _labels(content: memoryview) -> Iterator[str]:
    """Every label of every JUMBF superbox, outermost first. The box begins with its uuid, version and flags, a purpose
    that ends with a zero and an offset of 8 bytes."""
    at = 20 + bytes(content[20:64]).index(b"\0") + 1 + 8
    yield from _within(content, at, len(content), 0)


def _within(content: memoryview, at: int, end: int, deep: int) -> Iterator[str]:
    if deep > 12:
        raise ValueError("boxes within boxes without end")
    while end - at >= 8:
        size, kind = struct.unpack_from(">I4s", content, at)
        if not size and not any(content[at:end]):
            return  # room that was kept and not used
        if not 8 <= size <= end - at:
            raise ValueError("no box")
        if kind == b"jumb":
            yield from _within(content, at + 8, at + size, deep + 1)
        elif kind == b"jumd" and content[at + 24] & 2:
            text = bytes(content[at + 25 : at + size])
            yield text[: text.index(b"\0")].decode()
        at += size
