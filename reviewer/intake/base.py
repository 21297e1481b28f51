"""What cameras leave behind: from paths that a person named to recordings, with what was found, guessed and missing.

A source is one function in `survey.SOURCES`: it takes from the tree, or from each folder's pile, the files it knows and
leaves the rest to the next. A file that cannot be taken in never stops the others: it is refused with its sentence.
Every file is claimed once, refused once, or put aside with a word why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.errors import ReviewerError, UnreadableMedia
from reviewer.domain.picture import Picture
from reviewer.domain.probe import Probe
from reviewer.domain.recording import Buffer, Device, Kind
from reviewer.domain.timebase import Micros, Utc

FOOTAGE = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".avi", ".ts", ".mts", ".m2ts"})
TRACKS = {
    **{".gpx": "gpx", ".csv": "csv", ".srt": "dji_srt", ".kml": "kml", ".kmz": "kmz", ".nmea": "nmea"},
    ".geojson": "geojson",
}
STILLS = frozenset({".jpg", ".jpeg", ".png"})
SIDECAR = ".camera.json"
START = Micros(0)
NO_PICTURE = Picture()


class CannotTakeIn(ReviewerError):
    """A path, a folder or a sidecar cannot be taken in. The rest can."""


class NoteKind(StrEnum):
    FOUND = "found"  # a file says so
    GUESSED = "guessed"  # worked out from something weaker
    MISSING = "missing"  # nobody says


@dataclass(frozen=True, slots=True)
class Note:
    """`about` is the member it speaks of ("officer", "clock", "parts" …), `text` one sentence."""

    kind: NoteKind
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundPart:
    """`offset`: this part's stream time 0 after the recording's start, in µs of the camera's own clock. `written_at`
    is when the file was last written (its modification time)."""

    path: Path
    probe: Probe
    offset: Micros
    written_at: Utc


@dataclass(frozen=True, slots=True)
class FoundTrack:
    """`format` names a reader of `tracks/`. `path` is None for "gpmf": that track lies inside the parts. `shared`: it
    was recorded apart from the footage (a whole shift's) and is handed to every recording that it may belong to; which
    of them it covers, its times say."""

    format: str
    path: Path | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class FoundStill:
    """`taken_at` is by the camera's own clock: add the recording's clock correction. Where no one says when
    (`guessed`), it is the file's modification time. `picture` is what its own headers say."""

    path: Path
    taken_at: Utc
    guessed: bool = False
    picture: Picture = NO_PICTURE


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """One recording of one camera. `clock` is what a sidecar states; None means that only the file's own times are
    there (each part's `probe.container_time` and `written_at`). A still that belongs to no video is a recording of
    kind STILL with no parts and one still. `source` is the kind of place it was found in, in a
    word; `hints` are names of folders above it, the nearest first, one of which may say whose it is."""

    name: str
    kind: Kind
    parts: tuple[FoundPart, ...]
    tracks: tuple[FoundTrack, ...] = ()
    stills: tuple[FoundStill, ...] = ()
    device: Device | None = None
    officer: str | None = None
    badge: str | None = None
    clock: CameraClock | None = None
    buffer: Buffer | None = None
    incidents: tuple[str, ...] = ()
    event_type: str = ""
    stop: str | None = None
    notes: tuple[Note, ...] = ()
    source: str = "files"
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    path: Path
    error: ReviewerError


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that is no footage and goes with none: left where it is. `why` in a few words."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Survey:
    recordings: tuple[FoundRecording, ...]
    refused: tuple[Refusal, ...]
    aside: tuple[Aside, ...] = ()


ProbeFile = Callable[[Path], Probe]
LookAt = Callable[[Path], Picture]


@dataclass
class Pile:
    """The files of one folder that no source has claimed yet. A source takes what it knows; what it cannot take in it
    refuses, which claims the file too."""

    folder: Path
    files: list[Path]
    probe_file: ProbeFile
    look_at: LookAt = lambda _: NO_PICTURE
    refused: list[Refusal] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    _probes: dict[Path, Probe | UnreadableMedia] = field(default_factory=dict)
    _taken: set[Path] = field(default_factory=set)

    def left(self, suffixes: Iterable[str]) -> list[Path]:
        """Unclaimed files with one of these suffixes (lower case), by name."""
        wanted = tuple(suffixes)
        return [f for f in self.files if f.name.lower().endswith(wanted)]

    def take(self, path: Path) -> None:
        self._taken.add(path)
        if path in self.files:
            self.files.remove(path)

    def had(self, suffixes: Iterable[str]) -> bool:
        """Whether there is, or was, a file with one of these suffixes."""
        wanted = tuple(suffixes)
        return any(f.name.lower().endswith(wanted) for f in (*self.files, *self._taken))

    def taken(self, path: Path) -> bool:
        return path in self._taken

    def refuse(self, path: Path, error: ReviewerError) -> None:
        self.take(path)
        self.refused.append(Refusal(path, error))

    def put_aside(self, path: Path, why: str) -> None:
        self.take(path)
        self.aside.append(Aside(path, why))

    def probe(self, path: Path) -> Probe:
        """What the file's headers say; asked once a file. Raises UnreadableMedia."""
        if path not in self._probes:
            try:
                self._probes[path] = self.probe_file(path)
            except UnreadableMedia as error:
                self._probes[path] = error
        known = self._probes[path]
        if isinstance(known, UnreadableMedia):
            raise known
        return known

    def part(self, path: Path, offset: Micros = START) -> FoundPart:
        """The file as a part, claimed. Raises UnreadableMedia, and then the file is still unclaimed."""
        probe = self.probe(path)
        part = FoundPart(path, probe, offset, written_at(path))
        self.take(path)
        return part


@dataclass
class Tree:
    """Everything under the paths that a person named, one pile a folder. `roots` are those paths."""

    piles: dict[Path, Pile]
    roots: tuple[Path, ...] = ()

    def left(self, suffixes: Iterable[str]) -> list[Path]:
        """Unclaimed files with one of these suffixes, by folder and name."""
        wanted = tuple(suffixes)
        return [f for folder in sorted(self.piles) for f in self.piles[folder].left(wanted)]

    def pile(self, path: Path) -> Pile:
        """The pile that a file lies in."""
        return self.piles[path.parent]

    def above(self, path: Path) -> tuple[str, ...]:
        """Names of the folders that a file lies in, the nearest first, up to what the person named."""
        root = next((r for r in self.roots if r in path.parents), path.parent)
        return tuple(p.name for p in path.parents if p == root or root in p.parents)


Source = Callable[[Pile], list[FoundRecording]]
WholeSource = Callable[[Tree], list[FoundRecording]]


def written_at(path: Path) -> Utc:
    """When a file was last written. Raises UnreadableMedia if it is gone by now."""
    try:
        return Utc(path.stat().st_mtime_ns // 1000)
    except OSError as gone:
        raise UnreadableMedia(f"{path.name} is no longer there.", "Check that the card is still connected.") from gone


def stem(path: Path) -> str:
    """The name that sidecars share with their footage: `B2.camera.json` and `B2.mp4` are both "b2"."""
    name = path.name.lower()
    return name.removesuffix(SIDECAR) if name.endswith(SIDECAR) else path.stem.lower()


def tracks_beside(pile: Pile, footage: Path) -> tuple[FoundTrack, ...]:
    """Tracks that share the footage's name, claimed."""
    found = [f for f in pile.left(TRACKS) if stem(f) == stem(footage)]
    for each in found:
        pile.take(each)
    return tuple(FoundTrack(TRACKS[f.suffix.lower()], f) for f in found)


def notes_on_part(part: FoundPart) -> list[Note]:
    """What there is to say of one file whatever source it came from."""
    if part.probe.cut_off:
        text = f"{part.path.name} is cut off: its index promises more footage than the file holds."
        return [Note(NoteKind.MISSING, "parts", text)]
    return []
