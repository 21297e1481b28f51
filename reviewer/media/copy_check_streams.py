"""What stands in a copy's samples besides picture and sound, and what FFmpeg's own reader sees of the file.

H.264 lets an encoder put notes of any kind between the pictures (SEI, Annex D: x264 writes its settings there, cameras
their place), AAC too (ISO/IEC 14496-3: data stream and fill elements; FFmpeg writes its version there). Only what a
decoder needs may be in a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from av.stream import Disposition

from reviewer.media import apart
from reviewer.media.container import open_container
from reviewer.media.copy_check_boxes import Structure, Track

_PICTURE = frozenset((1, 5, 7, 8, 9))  # slices, parameter sets, delimiters (Table 7-1)
_SEI = 6
_TIMING = frozenset((0, 1, 6))  # buffering period, picture timing, recovery point: for decoders (Annex D)
_SOUND = frozenset((0, 1, 3))  # one channel, two, low frequencies (14496-3, Table 4.85)
_NAMES = (b"Lavc", b"Lavf", b"x264", b"libfdk", b"FAAC", b"LAME")
_LOOK = 64  # bytes of a sample that are looked through for a program's name
_TECHNICAL = frozenset(("major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id"))


def sample_problems(data: memoryview, found: Structure) -> list[str]:
    """What the samples carry that no decoder needs, each a sentence once."""
    said: dict[str, None] = {}
    for track in found.tracks:
        for sample in _samples(data, track):
            apart.alive()
            if track.code == b"avc1":
                said.update(dict.fromkeys(_picture(sample, track)))
            elif track.code == b"mp4a":
                said.update(dict.fromkeys(_sound(sample)))
    return list(said)


def _samples(data: memoryview, track: Track) -> Iterator[memoryview]:
    for pos, size in zip(track.pos.tolist(), track.size.tolist(), strict=True):
        if pos >= 0 and pos + size <= len(data):
            yield data[pos : pos + size]
        else:
            yield data[:0]


def _picture(sample: memoryview, track: Track) -> Iterator[str]:
    """NAL units with their length before them (14496-15, 5.3.2)."""
    width = (track.config[4] & 3) + 1 if len(track.config) > 4 else 4
    at = 0
    while at + width < len(sample):
        size = int.from_bytes(sample[at : at + width], "big")
        at += width
        if not 0 < size <= len(sample) - at:
            break
        kind = sample[at] & 31
        if kind == _SEI:
            if any(payload not in _TIMING for payload in _payloads(bytes(sample[at + 1 : at + size]))):
                yield "The picture’s stream carries notes of its own (SEI user data)."
        elif kind not in _PICTURE:
            yield f"The picture’s stream carries units that are no picture (NAL type {kind})."
        at += size
    if at != len(sample) or not len(sample):
        yield "A picture of the file is not made of whole units."


def _payloads(body: bytes) -> Iterator[int]:
    """The kinds of messages in one SEI unit (7.3.2.3.1); −1 for what is none."""
    body = body.replace(b"\0\0\3", b"\0\0")
    at = 0
    while at < len(body) and body[at:] != b"\x80":
        numbers = []
        for _ in range(2):
            value = 0
            while at < len(body) and body[at] == 255:
                value, at = value + 255, at + 1
            if at >= len(body):
                yield -1
                return
            value, at = value + body[at], at + 1
            numbers.append(value)
        yield numbers[0]
        at += numbers[1]


def _sound(sample: memoryview) -> Iterator[str]:
    """An AAC access unit begins with sound (the first three bits name its first element), and names no program."""
    head = bytes(sample[:_LOOK])
    if any(name in head for name in _NAMES):
        yield "The sound’s stream names the program that made it."
    elif not head or head[0] >> 5 not in _SOUND:
        yield "The sound’s stream carries data that are no sound."


def seen_by_ffmpeg(raw: BinaryIO) -> list[str]:
    """The same file by another reader: its streams, metadata and chapters, each problem a sentence."""
    said: list[str] = []
    with open_container(raw, "The copy") as container:
        kinds = [stream.type for stream in container.streams]
        said += [f"The file carries a {kind} stream." for kind in kinds if kind not in ("video", "audio")]
        said += ["The file carries a second picture."] * (kinds.count("video") > 1)
        said += ["The file carries a second sound track."] * (kinds.count("audio") > 1)
        said += ["The file carries no picture."] * (kinds.count("video") == 0)
        for stream in container.streams:
            if stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails):
                said.append("The file carries a cover picture.")
        metadata = [container.metadata, *(stream.metadata for stream in container.streams)]
        keys = sorted({key for each in metadata for key in each if key not in _TECHNICAL})
        if keys:
            said.append(f"The file carries metadata: {', '.join(key[:40] for key in keys)}.")
        if container.chapters():
            said.append("The file carries chapters.")
    return said
