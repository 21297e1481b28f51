"""What the tests of intake share: files of known content, and a probe that says what that content means."""

from __future__ import annotations

import os
from pathlib import Path

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.probe import Probe
from reviewer.domain.timebase import SECOND, Micros, parse_rfc3339
from reviewer.intake.base import FoundRecording, Note, NoteKind, Survey
from reviewer.intake.survey import survey


def footage(seconds: float = 60, made: str = "", make: str = "", model: str = "") -> bytes:
    """The content of a file that `probe` takes for footage of so many seconds; `made` is its header's time."""
    return f"footage|{seconds}|{made}|{make}|{model}".encode()


def probe(path: Path) -> Probe:
    kind, *said = path.read_bytes().decode("utf-8", "replace").split("|")
    if kind != "footage":
        raise UnreadableMedia(f"{path.name} is not a recording this program can read.", "Leave it out.")
    seconds, made, make, model = said
    container_time = parse_rfc3339(made) if made else None
    return Probe(Micros(round(float(seconds) * SECOND)), True, True, container_time, False, make, model)


def put(path: Path, content: bytes = b"", written: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if written:
        at = parse_rfc3339(written) / SECOND
        os.utime(path, (at, at))
    return path


def look(*paths: Path) -> Survey:
    return survey(paths, probe)


def only(found: Survey) -> FoundRecording:
    assert found.refused == ()
    (recording,) = found.recordings
    return recording


def texts(found: FoundRecording, kind: NoteKind, about: str = "") -> list[str]:
    def wanted(note: Note) -> bool:
        return note.kind is kind and about in ("", note.about)

    return [note.text for note in found.notes if wanted(note)]


def parts(found: FoundRecording) -> list[tuple[str, float]]:
    """Each part's name and the second at which it begins."""
    return [(p.path.name, p.offset / SECOND) for p in found.parts]
