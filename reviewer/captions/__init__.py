"""Captions and transcripts by format: a new one is a reader in a file of its own and one line in `READERS`.

A broken file is read as far as it goes, and says how much of it was left out and why; one that holds nothing is refused
in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from reviewer.captions.reading import LARGEST as LARGEST
from reviewer.captions.reading import CaptionFile as CaptionFile
from reviewer.captions.reading import left_out_words as left_out_words
from reviewer.captions.reading import unreadable as unreadable
from reviewer.captions.srt import read_srt
from reviewer.captions.srt import write_srt as write_srt
from reviewer.captions.txt import read_txt
from reviewer.captions.vtt import read_vtt
from reviewer.captions.vtt import write_vtt as write_vtt

READERS: Mapping[str, Callable[[str, bytes], CaptionFile]] = {"srt": read_srt, "vtt": read_vtt, "txt": read_txt}
WORDS: Mapping[str, str] = {"srt": "SubRip (SRT)", "vtt": "WebVTT", "txt": "Text with times"}
"""What a format is called on screen."""
SUFFIXES = (".srt", ".vtt", ".txt")


def read_captions(name: str, data: bytes) -> CaptionFile:
    """Read a file by what it begins with, else by its name. Raises UnreadableCaptions with one sentence for what is no
    transcript with times."""
    format = format_of(name, data)
    if format is None:
        raise unreadable(name, "is no SRT, VTT or TXT file", "Export the transcript as one of these.")
    return READERS[format](name, data)


def format_of(name: str, data: bytes) -> str | None:
    """The format of a file; None if neither its beginning nor its name says one."""
    head = data[:4_096]
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace").lstrip()
    if text.startswith("WEBVTT"):
        return "vtt"
    suffix = PurePath(name).suffix.lower()
    if suffix in SUFFIXES:
        named = suffix[1:]
        return "srt" if named == "txt" and "-->" in text else named
    return "srt" if "-->" in text else None
