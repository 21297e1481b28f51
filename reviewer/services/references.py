"""What the references in a text lead to now: names, times by the clocks that stand, and what was withdrawn.

One `References` is one reading of the case: whoever shows a text makes another one when something changed, and what
they show follows (`domain/reference`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reviewer.domain.annotation import Bookmark
from reviewer.domain.case import Allegation, CaseDocument, Exhibit
from reviewer.domain.case_acts import AllegationSet, DocumentSet, ExhibitSet, LinesSet, TranscriptSet
from reviewer.domain.recording import Manifest
from reviewer.domain.reference import Reference, Referred, Target
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.transcript import Transcript, lines_of
from reviewer.domain.wall_time import WallTime
from reviewer.domain.wording import Local, clock
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile

_SHORT = 60  # characters of a text that stand beside its name
_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Footing:
    """What times and names are read by: the manifests as they were signed, the clocks that stand, the zone."""

    manifests: Mapping[str, Manifest]
    clocks: WallTime
    zone: Local

    def wall(self, recording: str, part: int, stream: Micros) -> Utc | None:
        """Where a place in a recording stands on the wall; None if it is not in this case."""
        manifest = self.manifests.get(recording)
        if manifest is None or not 0 <= part < len(manifest.parts):
            return None
        return self.clocks.to_wall(recording, manifest.model(manifest.parts[part]).to_utc(stream))

    def place(self, recording: str, at: Utc) -> tuple[int, Micros] | None:
        """The part and stream time of a recording at an instant of the wall; None where it did not roll."""
        manifest = self.manifests.get(recording)
        stated = self.clocks.to_stated(recording, at)
        for index, part in enumerate(manifest.parts if manifest is not None else ()):
            stream = manifest.model(part).to_stream(stated) if manifest is not None else Micros(0)
            if 0 <= stream < part.duration:
                return index, stream
        return None

    def officer(self, recording: str) -> str:
        """Who wore the camera; "" where it is not in this case."""
        manifest = self.manifests.get(recording)
        return manifest.officer if manifest is not None else ""

    def time(self, at: Utc) -> str:
        return self.zone.clock(at, _DECIMALS)

    def both(self, at: Utc) -> str:
        """For a tooltip or a note on paper."""
        return f"{self.zone.date(at)} {self.time(at)} ({self.zone.offset(at)}), {clock(at, _DECIMALS)} UTC"


class References:
    """Call it with a reference (`domain.reference.Resolve`). Reads the case once, when it is made, on the thread of its
    `file`."""

    def __init__(self, file: CaseFile, queries: Queries, footing: Footing) -> None:
        self._file, self._footing = file, footing
        self.marks = {each.id: (each, True) for each in queries.bookmarks(file.case)}
        self.marks |= {each.id: (each, False) for each in queries.bookmarks(file.case, withdrawn=True)}
        self.exhibits = {each.id: each for each in file.exhibits()}
        self.documents = {each.id: each for each in file.documents()}
        self.allegations = {each.id: each for each in file.allegations()}
        self._lines: dict[str, dict[str, Target]] = {}
        self._by: Mapping[Referred, Callable[[Reference], Target | None]] = {
            Referred.MARK: lambda ref: self._mark(ref.id),
            Referred.EXHIBIT: lambda ref: self._exhibit(ref.id),
            Referred.DOCUMENT: lambda ref: self._document(ref.id, ref.where),
            Referred.ALLEGATION: lambda ref: self._allegation(ref.id),
            Referred.LINE: self._line,
            Referred.FOOTAGE: self._place,
            Referred.TIME: lambda ref: self._time(ref.at) if ref.at is not None else None,
        }

    def __call__(self, reference: Reference) -> Target | None:
        """What it leads to now; None if it is not in this case, or not here."""
        return self._by[reference.kind](reference)

    def all(self) -> tuple[tuple[Reference, Target], ...]:
        """Everything that stands and may be referred to: exhibits first, then allegations, documents, marks by time."""
        named: list[Reference] = [Reference(Referred.EXHIBIT, each.id) for each in self.exhibits.values()]
        named += [Reference(Referred.ALLEGATION, each.id) for each in self.allegations.values()]
        named += [Reference(Referred.DOCUMENT, each.id) for each in self.documents.values()]
        named += [Reference(Referred.MARK, each.id) for each in self._standing_marks()]
        found = ((each, self(each)) for each in named)
        return tuple((each, target) for each, target in found if target is not None)

    def _standing_marks(self) -> list[Bookmark]:
        return sorted((mark for mark, stands in self.marks.values() if stands), key=lambda mark: (mark.at, mark.id))

    # Each kind

    def _mark(self, id_: str) -> Target | None:
        found = self.marks.get(id_)
        if found is None:
            return None
        mark, stands = found
        at = self._on_wall(mark)
        recordings = tuple(dict.fromkeys(each.recording for each in mark.marks))
        about = self._about(at.start, recordings, mark.text)
        return Target(self._footing.time(at.start), about, stands, at, recordings)

    def _on_wall(self, mark: Bookmark) -> TimeRange:
        return self._footing.clocks.range_to_wall(mark.marks[0].recording, mark.at) if mark.marks else mark.at

    def _exhibit(self, id_: str) -> Target | None:
        exhibit, stands = self.exhibits.get(id_), True
        if exhibit is None:
            thing, stands = self._file.thing(ExhibitSet, id_), False
            exhibit = Exhibit.of(thing) if thing is not None and thing.get("number") else None
        if exhibit is None:
            return None
        source = self._source(exhibit)
        about = " · ".join(filter(None, (exhibit.text, source.about if source is not None else "")))
        if source is None:
            return Target(exhibit.name, about, stands)
        # What it rests on is gone: the exhibit shows nothing any more.
        stands = stands and source.stands
        return Target(exhibit.name, about, stands, source.at, source.recordings, source.document, source.where)

    def _source(self, exhibit: Exhibit) -> Target | None:
        """What an exhibit shows."""
        if exhibit.mark:
            return self._mark(exhibit.mark)
        if exhibit.document:
            return self._document(exhibit.document, exhibit.where)
        if exhibit.at is None:
            return None
        recordings = (exhibit.recording,) if exhibit.recording else ()
        return Target(
            self._footing.time(exhibit.at.start),
            self._about(exhibit.at.start, recordings),
            True,
            exhibit.at,
            recordings,
        )

    def _document(self, id_: str, where: str) -> Target | None:
        document, stands = self.documents.get(id_), True
        if document is None:
            thing, stands = self._file.thing(DocumentSet, id_), False
            document = CaseDocument.of(thing) if thing is not None and thing.get("name") else None
        if document is None:
            return None
        name = document.what[:1].upper() + document.what[1:] if document.what else document.name
        page = f"p. {where}" if where.isdigit() else where
        words = f"{name}, {page}" if page else name
        return Target(words, document.name if document.what else "", stands, document=id_, where=where)

    def _allegation(self, id_: str) -> Target | None:
        allegation, stands = self.allegations.get(id_), True
        if allegation is None:
            thing, stands = self._file.thing(AllegationSet, id_), False
            allegation = Allegation.of(thing) if thing is not None and thing.get("number") else None
        return Target(allegation.name, allegation.title, stands, allegation.window) if allegation is not None else None

    def _place(self, reference: Reference) -> Target | None:
        place = reference.place
        at = self._footing.wall(reference.id, *place) if place is not None else None
        if at is None:
            return None
        about = self._about(at, (reference.id,))
        return Target(self._footing.time(at), about, True, TimeRange(at, at), (reference.id,))

    def _time(self, at: Utc) -> Target:
        return Target(self._footing.time(at), self._footing.both(at), True, TimeRange(at, at))

    def _line(self, reference: Reference) -> Target | None:
        named = reference.of_line
        if named is None:
            return None
        if named[0] not in self._lines:
            self._lines[named[0]] = self._lines_of(named[0])
        return self._lines[named[0]].get(named[1])

    def _lines_of(self, transcript: str) -> dict[str, Target]:
        """What each line of a transcript reads as. One that was changed away says so by the words that stood last."""
        thing, lines = self._file.thing(TranscriptSet, transcript), self._file.thing(LinesSet, transcript)
        if thing is None:
            return {}
        recording, found = Transcript.of(thing).recording, {}
        for line in lines_of(lines):
            start = self._footing.wall(recording, line.part, line.start)
            end = self._footing.wall(recording, line.part, line.end)
            if start is not None and end is not None:
                said = f"{line.speaker}: {line.text}" if line.speaker else line.text
                about = self._about(start, (recording,), said)
                at = TimeRange(start, max(start, end))
                found[line.key] = Target(self._footing.time(start), about, thing.stands, at, (recording,))
        gone = lines.fields.keys() - found.keys() if lines is not None else frozenset()
        return found | {key: Target("line", stands=False) for key in gone}

    def _about(self, at: Utc, recordings: Iterable[str], text: str = "") -> str:
        """What was written, whose cameras, the full time."""
        names = ", ".join(filter(None, map(self._footing.officer, recordings)))
        short = text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
        return " · ".join(filter(None, (short.replace("\n", " "), names, self._footing.both(at))))
