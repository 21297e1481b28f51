"""A plan of intake in words, and as one object for a program: what was found, guessed and missing."""

from __future__ import annotations

from typing import Any

from reviewer.alignment.clocks import Choice
from reviewer.commands.base import Said
from reviewer.domain.alignment import COVERAGE
from reviewer.domain.codec import encode
from reviewer.domain.timebase import SECOND, format_rfc3339
from reviewer.services.ingest import officer
from reviewer.services.intake_plan import IntakePlan, PlannedFile, PlannedRecording


def plan_said(plan: IntakePlan) -> Said:
    """What would be taken in. What cannot be is said as a refusal, as when it is taken in."""
    lines = [line for each in plan.recordings for line in _lines(each)]
    new = [r for r in plan.recordings if r.will_be_written]
    lines += [f"Left where it is: {a.path} ({a.why})" for a in plan.aside]
    lines.append(f"{len(new)} of {len(plan.recordings)} recordings would be taken in, {plan.bytes} bytes.")
    problems = [*plan.refused, *(r.problem for r in plan.recordings if r.problem is not None)]
    refused = [f"{p.message} {p.next_step}" for p in problems]
    refused += [str(plan.stopped)] * (plan.stopped is not None)
    data = {
        "recordings": [_recording(r) for r in plan.recordings],
        "bytes": plan.bytes,
        "refused": [encode(p) for p in problems],
        "aside": [{"path": str(a.path), "why": a.why} for a in plan.aside],
    }
    return Said(lines, data, ok=not refused, refused=refused)


def _lines(planned: PlannedRecording) -> list[str]:
    clock = planned.details.clock
    parts = "1 part" if len(planned.parts) == 1 else f"{len(planned.parts)} parts" if planned.parts else "a still"
    sure = f"± {COVERAGE * clock.clock.uncertainty / SECOND:g} s"
    head = f"{planned.name} ({planned.source}): {officer(planned.details)}, {parts} from "
    head += f"{format_rfc3339(planned.range.start)} {sure}"
    return [head, *_standing(planned), *(f"  {n.kind.value}: {n.text}" for n in planned.notes)]


def _standing(planned: PlannedRecording) -> list[str]:
    """Why nothing of it would be written, if that is so."""
    if planned.known is not None:
        return [f"  in the store already, as {planned.known}"]
    if planned.duplicate_of is not None:
        return [f"  the same footage as {planned.duplicate_of}"]
    return [f"  cannot be taken in: {planned.problem.message}"] if planned.problem is not None else []


def _recording(planned: PlannedRecording) -> dict[str, Any]:
    details = planned.details
    return {
        "key": planned.key,
        "name": planned.name,
        "source": planned.source,
        "kind": planned.kind.value,
        "device": None if planned.device is None else encode(planned.device),
        "officer": details.officer,
        "badge": details.badge,
        "incidents": list(details.incidents),
        "event_type": details.event_type,
        "restricted": details.restricted,
        "start": format_rfc3339(planned.range.start),
        "end": format_rfc3339(planned.range.end),
        "clock": _clock(details.clock),
        "clocks": [_clock(each) for each in planned.clocks],
        "parts": [
            {**_file(p.file), "offset_us": p.offset, "duration_us": p.duration, "gap_us": p.gap} for p in planned.parts
        ],
        "tracks": [
            {**(_file(t.file) if t.file is not None else {}), "format": t.format, "fixes": t.fixes, "shared": t.shared}
            for t in planned.tracks
        ],
        "stills": [
            {**_file(s.file), "taken_at": format_rfc3339(s.taken_at), "guessed": s.guessed, "placed": s.fix is not None}
            for s in planned.stills
        ],
        "notes": [encode(n) for n in planned.notes],
        "bytes": planned.bytes,
        "will_be_written": planned.will_be_written,
        "known": planned.known,
        "duplicate_of": planned.duplicate_of,
        "problem": None if planned.problem is None else encode(planned.problem),
    }


def _file(file: PlannedFile) -> dict[str, Any]:
    return {"file": str(file.path), "size": file.size, "sha256": file.sha256}


def _clock(choice: Choice) -> dict[str, Any]:
    return {"start": format_rfc3339(choice.start), "why": choice.why, **encode(choice.clock)}
