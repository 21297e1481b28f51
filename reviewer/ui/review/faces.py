"""What a tile says: for every state of a camera an icon, words and the next step. A tile never goes plain black."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.camera import TilePicture
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
    SAY_WHY = "say_why"


@dataclass(frozen=True, slots=True)
class NextStep:
    step: Step
    words: str
    at: Utc | None = None  # for GO_TO
    part: int | None = None  # for FETCH_*, SECOND_PLAYER


class Pattern(Enum):
    """What lies behind a face's words, as on the timeline: hatched is a gap, a dashed box is what is not here, a double
    one what must not be shown."""

    PLAIN = "plain"
    HATCHED = "hatched"
    DASHED = "dashed"
    DOUBLE = "double"
    DOTTED = "dotted"


@dataclass(frozen=True, slots=True)
class Face:
    """In place of a picture: an icon, a headline, a sentence, a button, and another one where there is room for it.
    `fraction` draws a progress strip."""

    icon: str
    headline: str
    detail: str = ""
    tone: Tone = Tone.PLAIN
    next: NextStep | None = None
    fraction: float | None = None
    also: NextStep | None = None
    pattern: Pattern = Pattern.PLAIN
    tight: str = ""  # the headline where it is tight


@dataclass(frozen=True, slots=True)
class HeadWords:
    """The state in the tile's head, above a picture. `tight` is for a narrow one."""

    icon: str
    words: str
    tone: Tone = Tone.PLAIN
    tight: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """How faithful the picture is, as a chip in the head; its edge is drawn in a pattern of its own."""

    icon: str
    words: str
    tight: str
    edge: Pattern


_MARKS = {
    Fidelity.PROXY: Mark("copy", "Proxy", "Proxy", Pattern.DOUBLE),
    Fidelity.SKIPPING: Mark("layers-off", "Some frames left out", "Frames left out", Pattern.DASHED),
    Fidelity.KEYS: Mark("keyframes", "Key frames only", "Key frames", Pattern.DOTTED),
}


def mark_of(picture: TilePicture) -> Mark | None:
    """The chip of what is not the original; None for an original, and where there is no picture."""
    return _MARKS.get(picture.fidelity) if picture.state in SHOWN else None


def late_words(late: Micros) -> str:
    """How late a picture is: "0.4 s late", "under 0.1 s late", "2 min late"."""
    if late < SECOND // 10:
        return "under 0.1 s late"
    if late < 60 * SECOND:
        return f"{late / SECOND:.1f} s late"
    return f"{late // (60 * SECOND)} min late"


def head_words(camera: ReviewCamera, picture: TilePicture, at: Utc, playing: bool) -> HeadWords | None:
    """The words above a picture; None where the face below says it all, or a mark (`mark_of`) says enough."""
    note = picture.note.rstrip(".")
    match picture.state:
        case TileState.LATE:
            words = late_words(picture.late)
            return HeadWords("hourglass", words, Tone.WARN, words.removeprefix("under "))
        case TileState.STILL:
            return HeadWords("photo", "Still image", tight="Still")
        case TileState.PLAYING if note:
            return HeadWords("alert-triangle", note, Tone.WARN)
        case TileState.PLAYING if camera.silent_at(at):
            return HeadWords("microphone-off", "Buffer, silent", tight="Silent")
        case TileState.PLAYING if picture.fidelity is Fidelity.ORIGINAL:
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
    return Face("clock-play", "Not started yet", f"Starts {zone.clock(start)}", next=_go(zone, start))


def _ended(camera: ReviewCamera, _at: Utc, zone: Zone, _note: str) -> Face:
    end = camera.range.end
    why = f" · {camera.manifest.stop}" if camera.manifest.stop else ""
    last = Utc(max(camera.range.start, end - 1_000_000))
    return Face("player-stop", "Recording ended", f"Stopped {zone.clock(end)}{why}", next=_go(zone, last))


def _gap(camera: ReviewCamera, at: Utc, zone: Zone, _note: str) -> Face:
    stopped, again = camera.stopped_before(at), camera.starts_after(at)
    said = [f"Stopped {zone.clock(stopped)}"] if stopped is not None else []
    said += [f"starts again {zone.clock(again)}"] if again is not None else []
    detail = ", ".join(said) or "The camera wrote nothing here"
    face = Face("video-off", "No footage at this time", detail, next=_go(zone, again), tight="No footage")
    return replace(face, pattern=Pattern.HATCHED)


def _not_downloaded(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    here = camera.standing(part or 0)
    fetching = here.standing is Standing.FETCHING
    said = [percent(here.fraction), here.left] if fetching else [note or "Its bytes are not on this machine yet"]
    step = NextStep(Step.FETCH_FIRST, "Fetch this part first", part=part)
    detail = " · ".join(each for each in said if each)
    fraction = here.fraction if fetching else None
    face = Face("cloud-download", "Not yet downloaded", detail, Tone.INFO, step, fraction, tight="Not downloaded")
    return replace(face, pattern=Pattern.DASHED)


def _corrupt(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    detail = note or f"Part {(part or 0) + 1} does not match its signed manifest"
    step = NextStep(Step.FETCH_AGAIN, "Fetch again", part=part)
    return Face("shield-x", "Corrupt: not shown", detail, Tone.STOP, step, pattern=Pattern.DOUBLE)


def _unreadable(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    detail = note or f"Part {(part or 0) + 1} is whole, but no decoder here reads it"
    return Face("file-x", "Cannot be read", detail, Tone.WARN, _second(part), also=_ask(part))


def _stopped(camera: ReviewCamera, at: Utc, _zone: Zone, note: str) -> Face:
    part = camera.part_at(at)
    detail = (
        note or "This file crashed it. The other cameras go on; ask for the camera’s own file if no player reads it"
    )
    face = Face("alert-octagon", "Its decoder was stopped", detail, Tone.STOP, _second(part), also=_ask(part))
    return replace(face, pattern=Pattern.DOTTED, tight="Decoder stopped")


def _second(part: int | None) -> NextStep:
    return NextStep(Step.SECOND_PLAYER, "Open in the second player", part=part)


def _ask(part: int | None) -> NextStep:
    return NextStep(Step.ASK_CUSTODIAN, "Ask for the camera’s own file", part=part)


def _no_permission(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    step = NextStep(Step.ASK_SUPERVISOR, "Ask supervisor")
    detail = note or "Exists. Only its times are shown."
    return Face("lock", "Not assigned to you", detail, next=step, pattern=Pattern.DASHED, tight="Not assigned")


def _restricted(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    step = NextStep(Step.SAY_WHY, "Say why you view it")
    detail = f"{note.rstrip('.')} · asked each time" if note else "You are asked each time"
    return Face("help-circle", "Restricted", detail, Tone.WARN, step, pattern=Pattern.DOUBLE)


def _opening(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    return Face("loader-2", "Opening", note or "Being verified; it shows when it is ready", Tone.INFO)


def _covered(_camera: ReviewCamera, _at: Utc, _zone: Zone, note: str) -> Face:
    return Face("eye-off", "Picture covered", note or "Nothing is shown before the log has it")


_FACES = {
    TileState.NOT_STARTED: _not_started,
    TileState.ENDED: _ended,
    TileState.GAP: _gap,
    TileState.NOT_DOWNLOADED: _not_downloaded,
    TileState.CORRUPT: _corrupt,
    TileState.UNREADABLE: _unreadable,
    TileState.STOPPED: _stopped,
    TileState.NO_PERMISSION: _no_permission,
    TileState.RESTRICTED: _restricted,
    TileState.OPENING: _opening,
    TileState.COVERED: _covered,
}
