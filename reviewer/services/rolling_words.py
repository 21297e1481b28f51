"""Who rolled when, in words: sentences for the screen, tables for paper and other programs."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.coverage import length_words
from reviewer.domain.report import Report, Section
from reviewer.domain.rolling import CameraRolling, Edge, Lean, RollingReport, rolled_in, time_without
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.domain.wording import Local, clock, count, date
from reviewer.services.rolling import QUIET, SHORTEST_MUTE

_HUNDRED_MS = 100_000


@dataclass(frozen=True, slots=True)
class Imprint:
    """Of whom and when a report is. `clocks` says what its times rest on: an accepted alignment, or the signed
    manifests."""

    case: str
    agency: str
    made_by: str
    made_at: Utc
    clocks: str


def plus_minus(sigma: int) -> str:
    """ "± 12 ms", from 100 ms on "± 0.24 s": `COVERAGE` σ, as everywhere that people read."""
    wide = COVERAGE * sigma
    if wide < _HUNDRED_MS:
        return f"± {round(wide / 1000)} ms"
    seconds = wide / SECOND
    if seconds < 10:
        return f"± {seconds:.2f} s"
    return f"± {seconds:.0f} s" if seconds < 120 else f"± {length_words(wide, up=True)}"


def stretch(at: TimeRange, zone: Local) -> str:
    """ "22:41:12 – 22:44:02", local."""
    return f"{zone.clock(at.start)} – {zone.clock(at.end)}"


def edge_words(edge: Edge, *, start: bool) -> str:
    """ "late by 42 s ± 0.24 s", "before it began", "cannot be decided (1.2 s ± 2.4 s)"."""
    by = length_words(abs(edge.by))
    if edge.lean is Lean.UNDECIDED:
        return f"cannot be decided ({by} {plus_minus(edge.sigma)})"
    if edge.lean is Lean.LACKS:
        return f"{'late' if start else 'stopped early'} by {by} {plus_minus(edge.sigma)}"
    if edge.by == 0:
        return "the first to press record" if start else "the last to stop"
    return f"{by} {'before it began' if start else 'after it ended'}"


def sentences(found: RollingReport) -> list[str]:
    """The report in a few sentences, the gravest first."""
    whole = found.incident.range.duration
    least, most = time_without(found)
    said = []
    if not found.cameras:
        return ["No camera is known."]
    if most == 0:
        said.append(f"At least one camera rolled all the {length_words(whole)}.")
    elif least == 0:
        said.append(
            f"No moment is known without a camera; for {length_words(most, up=True)} of {length_words(whole)} the "
            "clocks cannot tell."
        )
    elif least == most:
        said.append(f"No camera rolled for {length_words(least)} of {length_words(whole)}.")
    else:
        said.append(
            f"No camera rolled for {length_words(least)} to {length_words(most, up=True)} of {length_words(whole)}; "
            "the clocks allow no closer word."
        )
    for words, edges in (("began late", found.starts), ("stopped early", found.ends)):
        if lacking := [c for c, e in zip(found.cameras, edges, strict=True) if e.lean is Lean.LACKS]:
            said.append(f"{_names(lacking)} {words}.")
    if mute := [c for c in found.cameras if c.mute]:
        said.append(f"{_names(mute)} recorded no sound for a part of it.")
    if unheard := [c for c in found.cameras if c.unheard and c.assigned]:
        said.append(f"Whether {_names(unheard)} recorded sound all the time is not known: not all of it is here.")
    missing = sum(len(c.lacking) for c in found.cameras) + len(found.expected)
    if missing:
        said.append(f"{count(missing, 'upload')} still missing.")
    return said


def _names(cameras: list[CameraRolling]) -> str:
    names = [c.officer for c in cameras]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def incident_words(found: RollingReport, zone: Local) -> str:
    at = found.incident.range
    how = "as stated" if found.incident.stated else "from where record was first pressed to where the last camera ends"
    return f"{zone.date(at.start)} {stretch(at, zone)} ({zone.offset(at.start)}), {how}"


def to_report(found: RollingReport, imprint: Imprint, zone: Local) -> Report:
    """Everything, for paper."""
    at = found.incident.range
    facts = (
        ("Case", imprint.case),
        ("Incident", incident_words(found, zone)),
        ("In UTC", f"{date(at.start)} {clock(at.start)} – {clock(at.end)}"),
        ("Clocks", imprint.clocks),
        ("Cameras", str(len(found.cameras))),
    )
    return Report(
        f"Camera coverage of {imprint.case}",
        "Camera coverage of an incident",
        imprint.agency,
        imprint.made_at,
        imprint.made_by,
        facts,
        (_rolled(found, zone), _alone(found, zone), _sound(found, zone), _gaps(found, zone), _missing(found)),
        _limits(found),
    )


def _limits(found: RollingReport) -> tuple[str, ...]:
    said = [
        f"± is {COVERAGE} standard deviations: the truth lies within it about 95 times in 100.",
        f"No sound means: the camera’s own sound stays below {QUIET}/32768 of full scale for "
        f"{SHORTEST_MUTE // SECOND} s or longer. It does not say who or what caused that.",
        "It says when cameras rolled, not what could be seen: light, range and angle are another question.",
    ]
    if not found.incident.stated:
        said.append("Nobody stated when the incident was; late and early compare the cameras with each other.")
    if any(not c.assigned for c in found.cameras):
        said.append("Of recordings that are not assigned only the times are known here.")
    return tuple(said)


def _rolled(found: RollingReport, zone: Local) -> Section:
    rows = []
    for camera, start, end in zip(found.cameras, found.starts, found.ends, strict=True):
        rolled = rolled_in(camera, found.incident.range)
        rows.append(
            (
                str(camera.number),
                camera.officer + ("" if camera.assigned else " (not assigned)"),
                stretch(camera.range, zone),
                length_words(rolled),
                edge_words(start, start=True),
                edge_words(end, start=False),
                camera.stop or "none stated",
                plus_minus(camera.sigma),
            )
        )
    columns = ("No.", 4), ("Officer", 14), ("Rolled", 14), ("Of it", 9), ("Start", 17), ("End", 17), ("Reason", 14)
    return Section("Who rolled when", tuple(sentences(found)), (*columns, ("±", 8)), tuple(rows), "No camera is known.")


def _alone(found: RollingReport, zone: Local) -> Section:
    kinds = [(each, "surely") for each in found.nobody] + [(each, "cannot be decided") for each in found.perhaps]
    rows = tuple((stretch(TimeRange(Utc(a), Utc(b)), zone), length_words(b - a), how) for (a, b), how in sorted(kinds))
    return Section("No camera", (), (("When", 3), ("How long", 2), ("How sure", 2)), rows, "There was always one.")


def _sound(found: RollingReport, zone: Local) -> Section:
    rows = []
    for camera in found.cameras:
        kinds = [(each, "no sound") for each in camera.mute]
        kinds += [(each, "not listened to: not on this machine") for each in camera.unheard if camera.assigned]
        if camera.buffer is not None:
            what = "silent by the camera’s rule" if camera.buffer_silent else "with sound"
            kinds.append((camera.buffer, f"buffer from before record was pressed, {what}"))
        for each, what in sorted(kinds):
            rows.append((str(camera.number), camera.officer, stretch(each, zone), length_words(each.duration), what))
    columns = ("No.", 1), ("Officer", 4), ("When", 4), ("How long", 2), ("What", 6)
    return Section("Sound", (), columns, tuple(rows), "Every camera recorded sound all the time.")


def _gaps(found: RollingReport, zone: Local) -> Section:
    rows = tuple(
        (str(c.number), c.officer, stretch(each, zone), length_words(each.duration))
        for c in found.cameras
        for each in c.gaps
    )
    columns = ("No.", 1), ("Officer", 4), ("When", 4), ("How long", 2)
    return Section("Stopped in between", (), columns, rows, "No camera stopped and went on.")


def _missing(found: RollingReport) -> Section:
    rows = [(c.officer, each) for c in found.cameras for each in c.lacking]
    rows += [(each.officer, f"nothing of theirs is here; they were there by: {each.why}") for each in found.expected]
    return Section(
        "Uploads still missing", (), (("Officer", 1), ("What", 3)), tuple(rows), "None that anybody knows of."
    )
