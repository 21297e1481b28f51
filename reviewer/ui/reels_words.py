"""How the reels' screen says things: letters for names, lengths, what is decided and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

from reviewer.domain.coverage import length_words
from reviewer.domain.recording import Manifest
from reviewer.domain.redaction import Proposed, Redaction
from reviewer.domain.reel import Clip, ClipKind, NamesShown, Reel
from reviewer.domain.timebase import Micros, Utc, to_datetime
from reviewer.domain.wall_time import WallTime
from reviewer.domain.wording import count, in_file
from reviewer.services.reel import Undecided, stretches
from reviewer.services.reel_plan import Why
from reviewer.ui.reels_model import LibraryRow, Released, State, StripCard
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone

_OK = "circle-check"
_WARN = "alert-triangle"
_MISSING = State("a recording is not released", Tone.STOP, "lock")


def library_row(
    number: int, letter: str, manifest: Manifest, redaction: Redaction, zone: Zone, place: str
) -> LibraryRow:
    """A released recording, without a name: when, how long, what it is about, what is hidden. `place`: what the
    assignment is called."""
    start = manifest.range.start
    year = str(to_datetime(start).astimezone(UTC).year)
    about = " · ".join(filter(None, (length_words(manifest.range.duration), manifest.event_type)))
    title = f"{letter} · {zone.clock(start)[:5]}"
    words = " ".join((zone.date(start), year, place, manifest.event_type))
    return LibraryRow(manifest.recording_id, number, letter, title, about, hidden_words(redaction), words)


def hidden_words(redaction: Redaction) -> State:
    """What of a recording is hidden: `redaction` is of that recording alone."""
    waiting = sum(mask.proposed is Proposed.OPEN for mask in redaction.masks)
    if waiting:
        return State(f"{count(waiting, 'face')} to decide", Tone.WARN, _WARN)
    masked = sum(mask.counts for mask in redaction.masks)
    if masked:
        return State(f"{masked} masked", Tone.OK, _OK)
    return State("nothing masked yet", Tone.PLAIN)


def undecided_state(found: Undecided) -> State:
    """As a clip's card has it."""
    return State(found.words, Tone.WARN, _WARN)


def card_of(
    clip: Clip, number: int, clocks: WallTime, zone: Zone, waits: Undecided | None, released: Iterable[str]
) -> StripCard:
    """A clip as the strip shows it."""
    if clip.kind is ClipKind.CARD:
        return StripCard(clip, clip.title or "No title", "", f"Title card · {length_words(clip.hold)}", clip.lasts)
    first = clip.recordings[0] if clip.recordings else ""
    times = " – ".join(zone.clock(clocks.to_wall(first, at)) for at in (clip.start, clip.end))
    about = [length_words(clip.end - clip.start)]
    if len(clip.recordings) > 1:
        about.append(f"{len(clip.recordings)} cameras")
    if clip.question:
        about.append("1 question")
    if clip.branches:
        about.append(count(len(clip.branches), "answer"))
    state = undecided_state(waits) if waits is not None else None
    if not set(clip.recordings) <= set(released):
        state = _MISSING
    title = clip.title or f"Clip {number}"
    return StripCard(clip, title, times, " · ".join(about), clip.lasts, state)


def clip_title(clip: Clip, number: int) -> str:
    """As the screen names it everywhere: "Clip 2: Words used"."""
    return f"Clip {number}: {clip.title}" if clip.title else f"Clip {number}"


def who(recordings: Sequence[str], letters: Mapping[str, str], names: NamesShown = NamesShown.LETTERS) -> str:
    """Whose cameras, by their letters."""
    found = dict.fromkeys(letters.get(each, "") for each in recordings)
    return "" if names is NamesShown.NONE else ", ".join(filter(None, found))


def whole(clips: Iterable[Clip]) -> Micros:
    """How long the reel is, questions included."""
    return Micros(sum(clip.lasts for clip in clips))


def place_words(clips: Sequence[Clip], n: int, since: Micros) -> str:
    """ "0:46 of 2:58"."""
    at = sum(clip.lasts for clip in clips[:n]) + since
    return f"{in_file(at, 0)} of {in_file(whole(clips), 0)}"


def leads(clips: Sequence[Clip]) -> tuple[tuple[str, str], ...]:
    """Where an answer may lead."""
    return tuple((clip.id, clip_title(clip, n)) for n, clip in enumerate(clips, 1))


def cameras_of(
    clip: Clip,
    manifests: Mapping[str, Manifest],
    letters: Mapping[str, str],
    clocks: WallTime,
) -> tuple[Released, ...]:
    """Every released recording as it stands to a clip: in it, or why it cannot be."""
    times = dict(stretches(clip, clocks))
    first = clip.recordings[0] if clip.recordings else ""
    wall = [clocks.to_wall(first, at) for at in (clip.start, clip.end)]
    found = []
    for n, (recording, manifest) in enumerate(manifests.items(), 1):
        start, end = (clocks.to_stated(recording, at) for at in wall)
        rolls = any(part.start < end and start < part.end for part in manifest.rolling)
        chosen = recording in times
        why = "" if rolls or chosen else "It did not record then."
        if not chosen and len(clip.recordings) >= 4:
            why = why or "Four cameras are the most."
        heard = recording == (clip.heard if clip.heard in clip.recordings else first)
        found.append(Released(recording, n, letters.get(recording, ""), chosen, heard, why))
    return tuple(found)


def reel_states(
    reel: Reel, clips: Sequence[Clip], waiting: Sequence[Undecided], released: Iterable[str]
) -> tuple[State, ...]:
    """What holds of the whole reel before it is rendered; nothing of one without clips."""
    if not clips:
        return ()
    known = set(released)
    lost = sum(not set(clip.recordings) <= known for clip in clips)
    found = [
        State(f"{count(lost, 'clip')} of what is not released", Tone.STOP, "lock")
        if lost
        else State("Every clip is inside its release", Tone.OK, _OK)
    ]
    if reel.plain:
        found.append(State(f"Nothing hidden: {reel.plain}", Tone.WARN, _WARN))
    elif waiting and all(each.why is Why.BURNED_IN for each in waiting):
        found.append(State("Say whether burned-in names are covered", Tone.WARN, _WARN))
    elif waiting:
        found.append(State(f"{count(len(waiting), 'clip')} to decide on before it is rendered", Tone.WARN, _WARN))
    else:
        found.append(State("Faces decided on in every clip", Tone.OK, _OK))
    return tuple(found)


def at_words(zone: Zone, at: Utc) -> str:
    """The instant that is shown, in local time."""
    return zone.clock(at, 2)
