"""The clocks panel in words: how far a clock was off, by what, how sure that is, and what disagrees.

No figure has a digit beyond its ±. "Ahead" and "behind" are said of the signed clocks, which never change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reviewer.domain.alignment import COVERAGE, Alignment, Correction, Judged, Reading, SourceKind
from reviewer.domain.alignment_acts import CueMarked, DeviceOffsetStated
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.wording import count
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.times import plus_minus, uncertainty

Numbers = Callable[[str], str]
"""A recording's id → "camera 2"."""

KINDS: dict[SourceKind, tuple[str, str]] = {  # words, icon
    SourceKind.MANIFEST: ("Signed clock", "certificate"),
    SourceKind.CONTAINER: ("Camera’s own clock", "clock-exclamation"),
    SourceKind.FILE: ("File date", "clock-exclamation"),
    SourceKind.GPS: ("GPS time", "satellite"),
    SourceKind.DEVICE: ("Known offset", "clock-edit"),
    SourceKind.SOUND: ("Sound", "wave-sine"),
    SourceKind.CUE: ("Marked event", "click"),
}
_MS = 1_000
_LENGTH = re.compile(
    r"(?P<sign>[-−+])?\s*(?:(?:(?P<h>\d{1,5}):)?(?P<m>\d{1,2}):)?(?P<s>\d{1,9})(?:[.,](?P<f>\d{1,6}))?\s*s?"
)


def places(limit: int) -> int:
    """How many decimals of a second a ± (µs) leaves: milliseconds below 10 ms, none from 10 s on."""
    return next((n for bound, n in ((10 * _MS, 3), (SECOND, 2), (10 * SECOND, 1)) if limit < bound), 0)


def seconds(length: int, limit: int) -> str:
    """A length without sign, no closer than its ± (both µs): "37.21 s"; below 10 s from ± 1 ms on "0.012 s"."""
    return f"{abs(length) / SECOND:.{places(limit)}f} s"


def signed(length: int, limit: int) -> str:
    """The same with its sign; "0.00 s" has none."""
    words = seconds(length, limit)
    return words if is_nothing(words) else f"{'−' if length < 0 else '+'}{words}"


def is_nothing(words: str) -> bool:
    """Whether no digit of a figure says anything: "0.00 s"."""
    return not any(c in "123456789" for c in words)


def moved(correction: Correction, at: Utc) -> str:
    """What is added to a camera's signed clock at an instant (stated): "−37.21 s", "not moved"."""
    words = signed(correction.to_wall(at) - at, COVERAGE * correction.sigma_at(at))
    return "not moved" if is_nothing(words) else words


def against(reading: Reading, camera: str, number: Numbers) -> str:
    """What a reading says of one camera's signed clock: "37.21 s ahead of camera 1 ± 20 ms", "as UTC ± 2.00 s"."""
    limit = COVERAGE * reading.sigma
    if reading.other is None:
        other, offset = "UTC", reading.offset
    elif reading.recording == camera:
        other, offset = number(reading.other), reading.offset
    else:
        other, offset = number(reading.recording), Micros(-reading.offset)
    if abs(offset) <= limit:
        return f"as {other} {plus_minus(limit)}"
    way = "behind" if offset > 0 else "ahead of"
    return f"{seconds(offset, limit)} {way} {other} {plus_minus(limit)}"


def disagreement(judged: Judged) -> str:
    """How a reading that was left out disagrees: "Disagrees by 36.9 s; left out"."""
    return f"Disagrees by {seconds(judged.residual, COVERAGE * judged.reading.sigma)}; left out"


def about(camera: str, alignment: Alignment | None) -> tuple[Judged, ...]:
    """The readings that say something of a camera, the surest first, those that were left out last."""
    if alignment is None:
        return ()
    mine = [j for j in alignment.judged if camera in (j.reading.recording, j.reading.other)]
    return tuple(sorted(mine, key=lambda j: (not j.used, j.reading.sigma)))


@dataclass(frozen=True, slots=True)
class Change:
    """One camera that a proposal would move on the wall, by how much (µs), with the σ it would have."""

    camera: ReviewCamera
    by: Micros
    sigma: Micros


def changes(
    cameras: tuple[ReviewCamera, ...], standing: Alignment | None, proposed: Alignment | None
) -> tuple[Change, ...]:
    """What a proposal changes: a camera that moves by as much as its new ± can tell (an eighth of it, and at least a
    millisecond), or whose ± changes by a tenth."""
    found = []
    for camera in cameras:
        new = proposed.of(camera.key) if proposed is not None else None
        if new is None:
            continue
        old = standing.of(camera.key) if standing is not None else None
        at = new.pivot
        before = old.to_wall(at) if old is not None else at
        by, sigma = Micros(new.to_wall(at) - before), new.sigma_at(at)
        was = camera.manifest.clock.uncertainty if old is None else old.sigma_at(at)
        if (abs(by) >= _MS and abs(by) * 4 >= sigma) or abs(was - sigma) * 10 > was:
            found.append(Change(camera, by, sigma))
    return tuple(found)


def proposal_words(found: tuple[Change, ...], proposed: Alignment) -> str:
    """ "Camera 3 moves by −37.21 s ± 30 ms. 1 reading disagrees and is left out." """
    if not found:
        return "Nothing would change."
    if len(found) == 1:
        only = found[0]
        by = signed(only.by, COVERAGE * only.sigma)
        if abs(only.by) < _MS or is_nothing(by):
            first = f"Camera {only.camera.number} does not move, its ± becomes {short(COVERAGE * only.sigma)}."
        else:
            first = f"Camera {only.camera.number} moves by {by} {uncertainty(only.sigma)}."
    else:
        most = max(found, key=lambda each: abs(each.by))
        by = signed(most.by, COVERAGE * most.sigma)
        first = f"{count(len(found), 'camera')} change; camera {most.camera.number} by {by}, the most."
    out = sum(not each.used for each in proposed.judged)
    disagree = "" if not out else f" {count(out, 'reading')} {'disagrees and is' if out == 1 else 'disagree and are'}"
    return first + (f"{disagree} left out." if out else "")


def joint_words(alignment: Alignment | None, one: ReviewCamera, other: ReviewCamera, at: Utc) -> tuple[str, int]:
    """How sure the time between two cameras is, and its ± in µs: "Clocks carry ± 22 ms between 1 and 3"."""
    known = alignment.joint_sigma(one.key, other.key, at) if alignment is not None else None
    if known is None:
        variance = one.manifest.clock.uncertainty**2 + other.manifest.clock.uncertainty**2
        known = Micros(round(variance**0.5))
    pair = sorted((one.number, other.number))
    return f"Clocks carry {uncertainty(known)} between {pair[0]} and {pair[1]}", COVERAGE * known


def worst_pair(
    alignment: Alignment | None, cameras: tuple[ReviewCamera, ...], at: Utc
) -> tuple[Micros, ReviewCamera, ReviewCamera] | None:
    """The two cameras whose times are least sure against each other at an instant; None with fewer than two."""
    pairs = [
        (sigma, one, other)
        for i, one in enumerate(cameras)
        for other in cameras[i + 1 :]
        if alignment is not None and (sigma := alignment.joint_sigma(one.key, other.key, at)) is not None
    ]
    return max(pairs, key=lambda each: each[0], default=None)


def short(length: int) -> str:
    """A length without sign: "12 ms", from 100 ms on "0.24 s"."""
    return plus_minus(abs(length)).removeprefix("± ")


def misclosure_words(alignment: Alignment | None, number: Numbers) -> tuple[str, str]:
    """The worst round trip over pairwise readings, tight and as a sentence: "Round trip 4 ms", "From 1 to 2, to 3 and
    back the readings are 4 ms apart."; ("", "") if there is none."""
    worst = max(alignment.misclosures, key=lambda m: abs(m.error), default=None) if alignment is not None else None
    if worst is None:
        return "", ""
    one, two, three = (number(each).removeprefix("camera ") for each in worst.recordings)
    size = short(worst.error)
    return f"Round trip {size}", f"From camera {one} to {two}, to {three} and back the readings are {size} apart."


class NotALength(ReviewerError):
    """What was typed is no length of time."""


def typed_length(text: str) -> Micros:
    """A length that a person typed: "-37.2", "37,2 s", "1:02", "-7:59:42.5" (hours, minutes, seconds). Raises
    NotALength."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise NotALength("That is no length of time.", "Type seconds, as −37.2, or hours, minutes and seconds.")
    hours, minutes = int(found["h"] or 0), int(found["m"] or 0)
    if minutes > 59 or (found["m"] is not None and int(found["s"]) > 59):
        raise NotALength("There are no such minutes or seconds.", "Type seconds, or hours, minutes and seconds.")
    whole = ((hours * 60 + minutes) * 60 + int(found["s"])) * SECOND + int((found["f"] or "0").ljust(6, "0"))
    return Micros(-whole if found["sign"] in ("-", "−") else whole)


def said_of(event: CueMarked | DeviceOffsetStated, numbers: Mapping[str, int]) -> str:
    """What a person said of the clocks, in one line: "The same event in 1 and 3 ± 0.11 s"."""
    if isinstance(event, CueMarked):
        on = " and ".join(str(numbers.get(m.recording, "?")) for m in event.marks)
        return f"The same event in {on} {uncertainty(event.sigma)}" + (f" · {event.note}" if event.note else "")
    by = signed(event.offset, COVERAGE * event.sigma)
    return f"Camera {numbers.get(event.recording, '?')}: {by} {uncertainty(event.sigma)} · {event.why}"
