"""Tracks that people add to a case from files of their own: a vehicle's, a dispatcher's, a witness's phone.

A file is looked at first and nothing is written (`look`); what it does not say itself (which columns, which zone) a
person says; then it is packed, sealed under the case key and recorded (`add`), and colleagues on the case have it with
their next look at the logs. It is taken back by an entry. Reading takes its time: not on the GUI's thread.
"""

from __future__ import annotations

import base64
import binascii
import lzma
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from reviewer.domain.errors import DecoderStopped, IntegrityError, ReviewerError, UnreadableTrack
from reviewer.domain.events import Event
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.domain.track_acts import TrackAdded, TrackWithdrawn
from reviewer.records.facts import TRACK, Said
from reviewer.records.queries import Queries
from reviewer.sealing.stream import open_bytes, seal_bytes, subkey
from reviewer.services import apart
from reviewer.services.exiftool import PICTURES, ask_exiftool
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Undoing, following
from reviewer.tracks.base import SUFFIXES, by_recording, format_of, read_track, sets_clock
from reviewer.tracks.csv_columns import Table, table_of
from reviewer.tracks.cut import cut
from reviewer.tracks.times import NotSaid

Record = Callable[[Event], Future[Recorded]]
Cancel = Callable[[], bool]
LARGEST = 128 << 20
"""Bytes of a file that is looked at."""
LARGEST_SEALED = 4 << 20
"""Bytes of a packed and sealed file: it goes into the log's body, which every colleague fetches."""
LARGEST_WHOSE = 200
_MEMORY = 128 << 20  # bytes that unpacking may take; what this program packs takes 2 MB
_PRESET = 1  # of ten hours at one a second: 0.1 s in place of 0.9, and 74 kB in place of 51
_KEY = "reviewer added track v1"
_OWN_CLOCK_ASKS = "Its times are its own clock’s: say the zone, or which camera it goes with."


@dataclass(frozen=True, slots=True)
class TrackFile:
    """A file as it was looked at. `asks` is what a person has to say before it can be read: "", "zone", "order" (of day
    and month) or "columns"; `table` is there for tables, whose columns may be named; `own_clock`: its times are a
    camera's own, so a zone or a camera has to be named."""

    name: str
    format: str
    data: bytes
    sha256: str
    asks: str = ""
    question: str = ""
    table: Table | None = None
    own_clock: bool = False
    track: Track | None = None


@dataclass(frozen=True, slots=True)
class AddedTrack:
    """A track that stands in a case, who added it and when."""

    event: TrackAdded
    said: Said

    @property
    def id(self) -> str:
        return self.event.id

    @property
    def whose(self) -> str:
        return self.event.whose


def look(path: Path, told: Told = NOTHING_TOLD, cancelled: Cancel | None = None) -> TrackFile:
    """Read a file as far as it can be. A still or recording of a kind that no reader here knows is given to exiftool,
    where there is one. Raises UnreadableTrack, Cancelled, DecoderStopped."""
    try:
        size = path.stat().st_size
        data = b"" if size > LARGEST else path.read_bytes()
    except OSError as refused:
        why = refused.strerror or "the disk refuses"
        raise UnreadableTrack(f"{path.name} cannot be read: {why}.", "Check the file and your rights.") from refused
    name, suffix = path.name, path.suffix.lower()
    if data.startswith(PICTURES) or size > LARGEST or (suffix not in SUFFIXES and format_of(name, data) is None):
        return read_again(_inside(path, cancelled), told)
    format = format_of(name, data) or "csv"
    return read_again(TrackFile(name, format, data, sha256(data).hexdigest()), told)


def _inside(path: Path, cancelled: Cancel | None) -> TrackFile:
    """The positions in a recording or still, as a table of our own reading (GoPro's GPS, a still's EXIF) or as what
    exiftool says of it. That is what is kept then, and its name says so."""
    found = None
    with suppress(UnreadableTrack, DecoderStopped):
        found = apart.track_inside(apart.file_source(path), path.name, cancelled)
    if found is not None and found.fixes:
        everything = TimeRange(found.fixes[0].at, Utc(found.fixes[-1].at + 1))
        name, format, data = f"{path.name}, {found.source}.csv", "csv", cut(found, everything)
    else:
        name, format, data = f"{path.name}, exiftool.json", "exiftool", ask_exiftool(path, cancelled)
    return TrackFile(name, format, data, sha256(data).hexdigest())


def read_again(file: TrackFile, told: Told) -> TrackFile:
    """The same file with what a person says of it. Raises UnreadableTrack for what no answer mends, ReviewerError for
    a zone that is none."""
    table = table_of(file.name, file.data) if file.format == "csv" else None
    own = not sets_clock(file.format)
    asks, question, track = "", "", None
    try:
        track = read_track(file.name, file.data, file.format, told)
    except NotSaid as open_:
        asks, question = open_.asks, open_.message
    if own and not told.zone:
        question = _OWN_CLOCK_ASKS
    return TrackFile(file.name, file.format, file.data, file.sha256, asks, question, table, own, track)


class CaseTracks:
    """Of one case and person. `queries` opens the records for the thread that asks; `case_keys` are the open case's,
    newest first."""

    def __init__(
        self,
        record: Record,
        queries: Callable[[], Queries],
        case: str,
        case_keys: Callable[[str], Sequence[bytes]],
    ) -> None:
        self._queries, self._case, self._keys = queries, case, case_keys
        self._undoing = Undoing(record)
        self._doing = threading.Lock()  # a file is sealed on one thread and taken back on another

    def tracks(self) -> tuple[AddedTrack, ...]:
        """What stands, in the order in which it was added."""
        with closing(self._queries()) as queries:
            return tuple(AddedTrack(*each) for each in queries.facts(self._case, TRACK, TrackAdded))

    def add(self, file: TrackFile, whose: str, told: Told = NOTHING_TOLD, camera: str | None = None) -> Future[str]:
        """Seal a file that was read, and record it. The Future has its id. Raises ReviewerError for a file that is
        still open to question, is larger than a log takes, or is nobody's."""
        track = file.track
        if track is None or (file.own_clock and not told.zone and camera is None):
            raise ReviewerError(file.question or f"{file.name} was not read.", "Answer what is asked, then add it.")
        whose = whose.strip()
        if not whose or len(whose) > LARGEST_WHOSE:
            raise ReviewerError("Nobody is named whose track it is.", "Name the person, vehicle or camera.")
        keys = self._keys(self._case)
        if not keys:
            raise ReviewerError("The case is not open.", "Open it from the queue.")
        id_ = uuid.uuid4().hex
        sealed = seal_bytes(lzma.compress(file.data, preset=_PRESET), subkey(keys[0], _KEY), _bound(self._case, id_))
        if len(sealed) > LARGEST_SEALED:
            raise ReviewerError(
                f"{file.name} is too large for a case: {len(sealed) / 1e6:.0f} MB when packed.",
                f"Cut it to the hours that matter; {LARGEST_SEALED / 1e6:.0f} MB packed is the most.",
            )
        event = TrackAdded(
            *(self._case, id_, file.name, file.format, file.sha256, len(file.data), whose),
            *(len(track.fixes), len(track.paths), track.refused, base64.b64encode(sealed).decode()),
            *(told, _span(track), camera),
        )
        back = TrackWithdrawn(self._case, id_, file.name)
        with self._doing:
            return following(self._undoing.do(event, back, event), lambda _recorded: id_)

    def withdraw(self, added: AddedTrack) -> Future[Recorded]:
        """Take it back. It stays in the log."""
        back = TrackWithdrawn(self._case, added.id, added.event.name)
        with self._doing:
            return self._undoing.do(back, added.event, back)

    def undo(self) -> Future[Recorded] | None:
        """Record the inverse of the newest thing done here; None if there is nothing."""
        with self._doing:
            return self._undoing.undo()

    def redo(self) -> Future[Recorded] | None:
        with self._doing:
            return self._undoing.redo()

    def file(self, added: AddedTrack) -> bytes:
        """The bytes of the file that was added. Raises IntegrityError for what is not what its entry names."""
        event = added.event
        for key in self._keys(self._case):
            try:
                packed = open_bytes(base64.b64decode(event.sealed), subkey(key, _KEY), _bound(event.case, event.id))
            except (IntegrityError, binascii.Error):
                continue
            data = _unpacked(packed, event.size)
            if data is not None and sha256(data).hexdigest() == event.sha256:
                return data
            break
        raise IntegrityError(f"“{event.name}” of {event.whose} does not open.", "Ask who added it to add it again.")

    def read(self, added: AddedTrack, to_utc: Callable[[Micros], Utc] | None = None) -> Track:
        """The track as it was read when it was added; `to_utc` places one that is in a camera's own time by its
        recording. Raises IntegrityError, and UnreadableTrack also for one whose recording is not open here: by its own
        clock it would stand where nobody was."""
        event = added.event
        track = read_track(event.name, self.file(added), event.format, event.told)
        if sets_clock(event.format) or event.told.zone:
            return track
        if to_utc is None:
            raise UnreadableTrack(
                f"“{event.name}” of {event.whose} goes by the clock of a recording that is not open here.",
                "Open that recording, or ask who added it to say the zone.",
            )
        return by_recording(replace(track, fixes=tuple(f for f in track.fixes if f.stream is not None)), to_utc)


def _bound(case: str, id_: str) -> bytes:
    return f"{case}/{id_}".encode()


def _unpacked(packed: bytes, size: int) -> bytes | None:
    """What was packed, if it is as long as was said; never more than that in memory."""
    if not 0 <= size <= LARGEST:
        return None
    try:
        data = lzma.LZMADecompressor(memlimit=_MEMORY).decompress(packed, max_length=size + 1)
    except lzma.LZMAError:
        return None
    return data if len(data) == size else None


def _span(track: Track) -> TimeRange | None:
    return TimeRange(track.fixes[0].at, track.fixes[-1].at) if track.fixes else None
