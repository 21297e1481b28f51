"""Bytes of strangers, inflated and counted within bounds: a map archive may come from anywhere.

A few hundred bytes of gzip can hold gigabytes, and ten bytes can claim a billion entries. What is larger than a map has
use for is refused before there is memory for it.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.errors import UnreadableArchive

GZIP = b"\x1f\x8b"
_LONGEST_VARINT = 10  # bytes: 64 bits, seven each


def inflated(data: bytes, most: int) -> bytes:
    """What gzip (RFC 1952) holds, or `data` itself where it is not compressed. Raises UnreadableArchive for what is
    damaged, ends early, or holds more than `most` bytes."""
    if data[:2] != GZIP:
        if len(data) > most:
            raise too_large()
        return data
    pieces, room, rest = [], most, data
    while rest:  # a gzip file may have several members
        unpacker = zlib.decompressobj(wbits=31)
        try:
            piece = unpacker.decompress(rest, room + 1)
        except zlib.error as wrong:
            raise damaged() from wrong
        room -= len(piece)
        if room < 0:
            raise too_large()
        if not unpacker.eof:
            raise damaged()
        pieces.append(piece)
        rest = unpacker.unused_data.lstrip(b"\0")
    return b"".join(pieces)


def varints(data: bytes) -> NDArray[np.uint64]:
    """All base-128 numbers of `data` (protocol buffers' varints, least significant group first), in their order.
    Raises UnreadableArchive where one is longer than 64 bits or has no end."""
    octets = np.frombuffer(data, np.uint8)
    if not len(octets):
        return np.zeros(0, np.uint64)
    ends = np.flatnonzero(octets < 0x80)
    if not len(ends) or ends[-1] != len(octets) - 1:
        raise damaged()
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    lengths = ends - starts + 1
    longest = int(lengths.max())
    if longest > _LONGEST_VARINT:
        raise damaged()
    values = (octets[starts] & 0x7F).astype(np.uint64)
    for place in range(1, longest):
        here = lengths > place
        group = (octets[starts[here] + place] & 0x7F).astype(np.uint64)
        values[here] |= group << np.uint64(7 * place)
    return values


def damaged() -> UnreadableArchive:
    return UnreadableArchive("A piece of the map archive is damaged.", "Copy the archive again.")


def too_large() -> UnreadableArchive:
    return UnreadableArchive(
        "A piece of the map archive is larger than a map’s can be.", "Ask who made it for another archive."
    )
