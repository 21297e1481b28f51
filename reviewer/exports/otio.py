"""A reel's order as an OpenTimelineIO timeline (OTIO JSON, opentimelineio.readthedocs.io), and one read back.

V1 has the clips one after another, V2 to V4 the other cameras of a split screen at the same places, A1 what is heard.
A card is a gap; a question is a gap behind its clip too, with a marker on the clip's last frame. What another editor
has no word for (titles, questions, branches) stands in `metadata["reviewer"]`.

Footage is named by `alias_of` a recording: a recording's id has an officer's number in it, and the file leaves. So a
name says nothing to whoever does not have the recordings. `target_url` is a name beside the timeline: nothing lies
there unless somebody puts it there, and no file of the evidence is named. Masks are not in the timeline.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import opentimelineio as otio
from opentimelineio import opentime, schema

from reviewer.domain.errors import ReviewerError
from reviewer.domain.reel import MOST_CAMERAS, Branch, Clip, ClipKind, NamesShown, Reel, default_layout
from reviewer.domain.render import Layout
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc

RATE = 30
"""Frames a second of the timeline, a reel's own."""
LARGEST = 8 << 20
MOST_CLIPS = 2_000
_FRAME = SECOND // RATE
_KEY = "reviewer"
_SHAPE = 1
_AGAIN = "Write it again as OpenTimelineIO (.otio)."
_CANNOT_BE = (
    otio.exceptions.OTIOError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)
"""What the library raises for values that it did not expect (RecursionError is a RuntimeError)."""

Stretches = Mapping[str, Sequence[tuple[str, TimeRange]]]
"""By clip: each of its recordings with its stated time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a timeline says. Ids of `clips` are its own, `reel.id` is ""; `left_out` are sentences about what was not
    taken. That nothing is masked in a clip (`plain`) is never taken from a file: it is decided here."""

    reel: Reel
    clips: tuple[Clip, ...]
    left_out: tuple[str, ...] = ()


def alias_of(recording: str) -> str:
    """What a recording is called outside: from its id, and no way back but by trying the ids that one has."""
    return "recording-" + hashlib.sha256(b"reel\0" + recording.encode()).hexdigest()[:16]


# -- out -------------------------------------------------------------------------------------------------------------


def write(reel: Reel, clips: Sequence[Clip], stretches: Stretches, covers: Mapping[str, TimeRange]) -> bytes:
    """The timeline of a reel, `clips` in order. `covers`: what of stated time each of its recordings is."""
    tracks = [schema.Track(name=f"V{n}", kind=schema.TrackKind.Video) for n in range(1, MOST_CAMERAS + 1)]
    heard = schema.Track(name="A1", kind=schema.TrackKind.Audio)
    used = max((len(clip.recordings) for clip in clips), default=1) or 1
    at = 0
    for clip in clips:
        frames = _frames(at + clip.end - clip.start) - _frames(at) if clip.kind is ClipKind.FOOTAGE else 0
        parts = list(stretches.get(clip.id, ()))
        for n, track in enumerate(tracks[:used]):
            item = (
                _footage(clip, *parts[n], covers, frames, n) if n < len(parts) else schema.Gap(duration=_time(frames))
            )
            track.extend([item] if frames else [])
        sounds = [part for part in parts if part[0] == clip.heard] or parts[:1]
        heard.extend([_footage(clip, *sounds[0], covers, frames, -1)] if frames and sounds else [])
        at += clip.end - clip.start if frames else 0
        stands = clip.hold if clip.kind is ClipKind.CARD or clip.question else 0
        wait = _frames(at + stands) - _frames(at)
        for n, track in enumerate((*tracks[:used], heard)):
            track.extend([_standing(clip, wait, said=n == 0)] if wait else [])
        at += stands
    timeline = schema.Timeline(name=reel.title, tracks=[*tracks[:used], heard])
    timeline.metadata[_KEY] = {
        "v": _SHAPE,
        "module": reel.module,
        "names": reel.names.value,
        "voices": "changed" if reel.voices else "recorded",
    }
    text: str = otio.adapters.write_to_string(timeline, "otio_json", indent=2)
    return f"{text}\n".encode()


def _frames(at: int) -> int:
    return round(at * RATE / SECOND)


def _time(frames: int) -> opentime.RationalTime:
    return opentime.RationalTime(frames, RATE)


def _range(start: int, frames: int) -> opentime.TimeRange:
    return opentime.TimeRange(_time(start), _time(frames))


def _footage(
    clip: Clip, recording: str, part: TimeRange, covers: Mapping[str, TimeRange], frames: int, camera: int
) -> schema.Clip:
    whole, name = covers[recording], alias_of(recording)
    media = schema.ExternalReference(f"{name}.mp4", _range(0, _frames(whole.duration)))
    media.name = name
    start = _frames(part.start - whole.start)
    made = schema.Clip(clip.title or name, media, _range(start, frames))
    if camera == 0:
        made.metadata[_KEY] = {"clip": {**_kept(clip), "start": part.start - whole.start}}
        if clip.question:
            mark = schema.Marker("Question", _range(start + frames - 1, 1), schema.MarkerColor.YELLOW)
            mark.comment = clip.question
            made.markers.append(mark)
    return made


def _standing(clip: Clip, frames: int, *, said: bool) -> schema.Gap:
    gap = schema.Gap(name=clip.title if clip.kind is ClipKind.CARD else clip.question, duration=_time(frames))
    if said:
        gap.metadata[_KEY] = {"clip": _kept(clip)} if clip.kind is ClipKind.CARD else {"asks": clip.id}
    return gap


def _kept(clip: Clip) -> dict[str, Any]:
    """What goes there and comes back as it is. Times are µs, of the recording's own: the day stays here."""
    return {
        **{"id": clip.id, "title": clip.title, "caption": clip.caption, "question": clip.question},
        **{"hold": clip.hold, "limits": clip.limits, "notes": clip.notes, "layout": clip.layout.value},
        "lasts": clip.end - clip.start,
        "heard": clip.recordings.index(clip.heard) if clip.heard in clip.recordings else -1,
        "branches": [[branch.answer, branch.to] for branch in clip.branches],
    }


# -- in --------------------------------------------------------------------------------------------------------------


def read(data: bytes, covers: Mapping[str, TimeRange]) -> Taken:
    """What a timeline says of the recordings in `covers` (what of stated time each is). Times that still are what was
    written go back to the µs; what was moved or trimmed is a frame's. Raises ReviewerError for what is no timeline."""
    timeline = _parsed(data)
    said = _words(timeline.metadata)
    names = NamesShown.NONE if said.get("names") == NamesShown.NONE else NamesShown.LETTERS
    module = said.get("module")
    reel = Reel("", timeline.name.strip() or "Reel", module if isinstance(module, str) else "", names)
    reel = replace(reel, voices=said.get("voices") != "recorded")
    try:
        reader = _Reader({alias_of(each): each for each in covers}, covers)
        clips, left = reader.read(timeline)
    except _CANNOT_BE as wrong:
        raise ReviewerError("The timeline contradicts itself.", _AGAIN) from wrong
    return Taken(reel, clips, left)


def _parsed(data: bytes) -> schema.Timeline:
    """Python reads it first: its parser says no to what is nested too deep, which a file of strangers may be."""
    if len(data) > LARGEST:
        raise ReviewerError(f"The file is larger than {LARGEST >> 20} MB: no reel is.", _AGAIN)
    try:
        plain = json.loads(data)
        if not isinstance(plain, dict) or not str(plain.get("OTIO_SCHEMA", "")).startswith("Timeline."):
            raise ReviewerError("This is no timeline.", _AGAIN)
        found = otio.adapters.read_from_string(json.dumps(plain), "otio_json")
    except _CANNOT_BE as wrong:
        raise ReviewerError("This is no OpenTimelineIO file.", _AGAIN) from wrong
    if not isinstance(found, schema.Timeline):
        raise ReviewerError("This is no timeline.", _AGAIN)
    return found


def _words(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Ours of an object's metadata, as plain values."""
    found = json.loads(otio.core.serialize_json_to_string(metadata)) if _KEY in metadata else {}
    ours = found.get(_KEY)
    return ours if isinstance(ours, dict) else {}


@dataclass(frozen=True, slots=True)
class _Reader:
    known: Mapping[str, str]  # by alias
    covers: Mapping[str, TimeRange]

    def read(self, timeline: schema.Timeline) -> tuple[tuple[Clip, ...], tuple[str, ...]]:
        tracks = [t for t in timeline.tracks if isinstance(t, schema.Track) and t.kind == schema.TrackKind.Video]
        lines = [list(self._items(track)) for track in tracks]
        if not lines:
            raise ReviewerError("The timeline has no pictures.", _AGAIN)
        clips: list[Clip] = []
        left: list[str] = []
        for at, item in lines[0]:
            if len(clips) >= MOST_CLIPS:
                raise ReviewerError(f"The timeline has more than {MOST_CLIPS:,} clips.", "Make shorter reels.")
            clip = self._clip(item, at, lines[1:], len(clips))
            if clip is not None:
                clips.append(clip)
            elif isinstance(item, schema.Clip):
                left.append(f"“{item.name or 'A clip'}” shows nothing that is released here; it was left out.")
        return _branched(clips, left)

    def _items(self, track: schema.Track) -> Iterator[tuple[float, schema.Clip | schema.Gap]]:
        """What lies on a track, with where (s)."""
        at = 0.0
        for item in track:
            if isinstance(item, schema.Clip | schema.Gap):
                yield at, item
            if isinstance(item, otio.core.Item):
                at += item.trimmed_range().duration.to_seconds()

    def _clip(
        self,
        item: schema.Clip | schema.Gap,
        at: float,
        beside: list[list[tuple[float, schema.Clip | schema.Gap]]],
        n: int,
    ) -> Clip | None:
        kept = _words(item.metadata).get("clip")
        said = kept if isinstance(kept, dict) else {}
        id_ = said["id"] if isinstance(said.get("id"), str) and said["id"] else f"clip-{n}"
        if isinstance(item, schema.Gap):
            hold = _near(said.get("hold"), _micros(item.trimmed_range().duration))
            return _said(Clip(id_, "", ClipKind.CARD, n, hold=hold), said) if said else None
        recording = self._recording(item)
        if recording is None:
            return None
        near = 1.5 / RATE
        others = [
            self._recording(other)
            for line in beside
            for begin, other in line
            if isinstance(other, schema.Clip) and abs(begin - at) < near
        ]
        recordings = tuple(dict.fromkeys([recording, *(each for each in others if each is not None)]))[:MOST_CAMERAS]
        return self._of_footage(item, said, id_, recordings, n)

    def _of_footage(
        self, item: schema.Clip, said: dict[str, Any], id_: str, recordings: tuple[str, ...], n: int
    ) -> Clip:
        base, shown = self.covers[recordings[0]].start, item.trimmed_range()
        start = Utc(base + _near(said.get("start"), _micros(shown.start_time)))
        lasts = _near(said.get("lasts"), _micros(shown.duration))
        clip = Clip(id_, "", ClipKind.FOOTAGE, n, recordings=recordings, start=start, end=Utc(start + lasts))
        hold, layout, heard = said.get("hold"), str(said.get("layout")), said.get("heard")
        fits = layout in set(Layout) and (layout == Layout.ONE) == (len(recordings) == 1)
        clip = replace(_said(clip, said), layout=Layout(layout) if fits else default_layout(len(recordings)))
        if not said:
            asks = next((mark.comment for mark in item.markers if mark.comment), "")
            clip = replace(clip, title=item.name if item.name not in self.known else "", question=asks)
        if isinstance(hold, int) and hold >= 0:
            clip = replace(clip, hold=Micros(hold))
        if isinstance(heard, int) and 0 <= heard < len(recordings):
            clip = replace(clip, heard=recordings[heard])
        ways = said.get("branches")
        pairs = [way for way in ways if isinstance(way, list) and len(way) == 2] if isinstance(ways, list) else []
        return replace(clip, branches=tuple(Branch(str(answer), str(to)) for answer, to in pairs))

    def _recording(self, item: schema.Clip) -> str | None:
        """By the name of the media, of its file, or of the clip: editors keep one of them."""
        media = item.media_reference
        url = getattr(media, "target_url", "") or ""
        last = url.replace("\\", "/").rsplit("/", 1)[-1]
        names = (getattr(media, "name", "") or "", last.rsplit(".", 1)[0], item.name or "")
        return next((self.known[name] for name in names if name in self.known), None)


def _said(clip: Clip, said: dict[str, Any]) -> Clip:
    def text(name: str) -> str:
        found = said.get(name)
        return found if isinstance(found, str) else ""

    clip = replace(clip, title=text("title"), caption=text("caption"), question=text("question"))
    return replace(clip, limits=text("limits"), notes=text("notes"))


def _micros(time: opentime.RationalTime) -> Micros:
    seconds = time.to_seconds() if time.rate > 0 else 0.0
    if not 0 <= seconds < 1e7:
        raise ValueError(f"no time of a reel: {time}")
    return Micros(round(seconds * SECOND))


def _near(exact: object, framed: Micros) -> Micros:
    """The µs that were written, while the frames still say the same."""
    return Micros(exact) if isinstance(exact, int) and abs(exact - framed) <= _FRAME else framed


def _branched(clips: list[Clip], left: list[str]) -> tuple[tuple[Clip, ...], tuple[str, ...]]:
    """Branches that lead to what is not there are taken off; of two clips with one id, the second gets its own."""
    ids: dict[str, int] = {}
    for n, clip in enumerate(clips):
        if clip.id in ids:
            clips[n] = replace(clip, id=f"{clip.id}-{n}")
        ids[clips[n].id] = n
    found = []
    for clip in clips:
        stays = tuple(branch for branch in clip.branches if not branch.to or branch.to in ids)
        left += [f"The answer “{b.answer}” led to a clip that is gone." for b in clip.branches if b not in stays]
        found.append(replace(clip, branches=stays))
    return tuple(found), tuple(left)
