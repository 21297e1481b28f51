"""What a tile says: for every state of a camera an icon, words and the next step. A tile never goes plain black."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.ui.review.cameras import ReviewCamera, Standing
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import percent

SHOWN = frozenset({TileState.PLAYING, TileState.LATE, TileState.STILL})  # states with a picture


class Step(Enum):
    """What a tile's button asks for."""

    GO_TO = "go_to"
    FETCH_FIRST = "fetch_first"
    FETCH_AGAIN = "fetch_again"
    ASK_SUPERVISOR = "ask_supervisor"
    ASK_CUSTODIAN = "ask_custodian"
    SECOND_PLAYER = "second_player"


@dataclass(frozen=True, slots=True)
class NextStep:
    step: Step
    words: str
    at: Utc | None = None  # for GO_TO
    part: int | None = None  # for FETCH_*


@dataclass(frozen=True, slots=True)
class Face:
    """In place of a picture: an icon, a headline, a sentence, a button. `fraction` draws a progress strip."""

    icon: str
    headline: str
    detail: str = ""
    tone: Tone = Tone.PLAIN
    next: NextStep | None = None
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class HeadWords:
    """The state in the tile's head, above a picture."""

    icon: str
    words: str
    tone: Tone = Tone.PLAIN


def head_words(
    camera: ReviewCamera, state: TileState, at: Utc, late_ms: int, playing: bool, note: str = ""
) -> HeadWords | None:
    """The words above a picture; None where the face below says it all. `note`: what is wrong with this very frame."""
    match state:
        case TileState.LATE:
            return HeadWords("hourglass", f"Late {late_ms} ms", Tone.WARN)
        case TileState.STILL:
            return HeadWords("photo", "Still image")
        case TileState.PLAYING if note:
            return HeadWords("alert-triangle", note.rstrip("."), Tone.WARN)
        case TileState.PLAYING if camera.silent_at(at):
            return HeadWords("microphone-off", "Buffer, silent")
        case TileState.PLAYING:
            return HeadWords("player-play", "Playing") if playing else HeadWords("player-pause", "Paused")
    return None


def face_of(camera: ReviewCamera, state: TileState, at: Utc, zone: Zone, note: str = "") -> Face | None:
    """The face of a state at an instant, None where there is a picture. `note` is what the engine knows of it."""
    if state in SHOWN:
        return None
    return _FACES[state](camera, at, zone, note)


def _go(zone: Zone, at: Utc | None) -> NextStep | None:
    return None if at is None else NextStep(Step.GO_TO, f"Go to {zone.clock(at)}", at=at)


def _not_started(camera: ReviewCamera, at: Utc, zone: Zone, _note: str) -> Face:
    start = camera.starts_after(at) or camera.range.start
    return Face("video-off", "Not started yet", f"Starts {zone.clock(start)}", next=_go(zone, start))


def _ended(camera: ReviewCamera, _at: Utc, zone: Zone, _note: str) -> Face:
    end = camera.range.end
    why = f" · {camera.manifest.stop}" if camera.manifest.stop else ""
    last = Utc(max(camera.range.start, end - 1_000_000))
    return Face("video-off", "Recording ended", f"Stopped {zone.clock(end)}{why}", next=_go(zone, last))


def _gap(camera: ReviewCamera, at: Utc, zone: Zone, _note: str) -> Face:
    stopped, again = camera.stopped_before(at), camera.starts_after(at)
    said = [f"Stopped {zone.clock(stopped)}"] if stopped is not None else []
    said += [f"starts again {zone.clock(again)}"] if again is not None else []
    detail = ", ".join(said) or "The camera wrote nothing here"
    return Face("video-off", "No footage at this time", detail, next=_go(zone, again))


def _not_downloaded(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    here = camera.standing(part or 0)
    fetching = here.standing is Standing.FETCHING
    said = [percent(here.fraction), here.left] if fetching else [note or "Its bytes are not on this machine yet"]
    step = NextStep(Step.FETCH_FIRST, "Fetch this part first", part=part)
    detail = " · ".join(each for each in said if each)
    return Face("cloud-download", "Not yet downloaded", detail, Tone.INFO, step, here.fraction if fetching else None)


def _corrupt(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    detail = note or f"Part {(part or 0) + 1} does not match its signed manifest"
    return Face(
        "shield-x", "Corrupt: not shown", detail, Tone.STOP, NextStep(Step.FETCH_AGAIN, "Fetch again", part=part)
    )


def _unreadable(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    detail = note or f"Part {(part or 0) + 1} is whole, but no decoder here reads it"
    return Face("alert-triangle", "Cannot be read", detail, Tone.WARN, NextStep(Step.ASK_CUSTODIAN, "Ask custodian"))


def _no_permission(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    step = NextStep(Step.ASK_SUPERVISOR, "Ask supervisor")
    return Face("lock", "Not assigned to you", note or "Exists. Only its times are shown.", next=step)


def _opening(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    return Face("hourglass", "Opening", note or "Being verified; it shows when it is ready", Tone.INFO)


def _covered(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    return Face("eye-off", "Picture covered", note or "Nothing is shown before the log has it")


_FACES = {
    TileState.NOT_STARTED: _not_started,
    TileState.ENDED: _ended,
    TileState.GAP: _gap,
    TileState.NOT_DOWNLOADED: _not_downloaded,
    TileState.CORRUPT: _corrupt,
    TileState.UNREADABLE: _unreadable,
    TileState.NO_PERMISSION: _no_permission,
    TileState.OPENING: _opening,
    TileState.COVERED: _covered,
}
