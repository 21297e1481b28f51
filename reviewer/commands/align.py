"""The clocks of a case: `reviewer align`. Proposes what all sources say together; accepts it where asked to."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, note, takes_user, workspace_of
from reviewer.domain.alignment import COVERAGE, Alignment, Correction, Judged, Misclosure
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND
from reviewer.domain.wording import count
from reviewer.services.alignment import Alignments
from reviewer.services.footage import Footage
from reviewer.services.gps_alignment import align_by_gps
from reviewer.services.session import Session
from reviewer.services.sound_alignment import SoundFound, SoundProgress, align_by_sound
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace


def add(table: Commands) -> None:
    """The words of this command."""
    asked = table.add("align", do_align, "what all sources say of a case’s clocks, and how sure that is")
    asked.add_argument("case")
    asked.add_argument("--sound", action="store_true", help="compare the cameras’ sound too, each with each")
    asked.add_argument("--no-gps", action="store_true", help="leave out what the tracks say")
    what = asked.add_mutually_exclusive_group()
    what.add_argument("--accept", action="store_true", help="accept what is proposed: the case’s wall goes by it")
    what.add_argument("--withdraw", action="store_true", help="withdraw what was accepted: the signed clocks stand")
    asked.add_argument("--note", default="", help="what you say of it, for the log")
    takes_user(asked, "who you are")


def do_align(args: argparse.Namespace) -> Said:
    """`reviewer align`: footage that is on this machine is read, nothing of it is shown."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        footage = _footage(session, workspace_of(args), args.case)
        hand = Alignments(session.journal.record, queries, args.case, lambda: footage.manifests)
        officers = {m.recording_id: m.officer for m in footage.manifests}
        if args.withdraw:
            hand.withdraw().result()
            return Said(["Withdrawn: the signed clocks stand."], {"case": args.case, "accepted": False})
        cameras = [c for c in footage.cameras() if c.assigned and not c.shut]
        hand.learn(() if args.no_gps else align_by_gps(footage, cameras))
        heard = align_by_sound(footage, cameras, progress=_tell) if args.sound else SoundFound()
        hand.learn(heard.readings)
        proposal = hand.propose()
        if args.accept:
            proposal = hand.accept(proposal, args.note).result()
        end = "Accepted; it is in the log." if args.accept else "Proposed, not accepted."
        refused = [
            *(f"{officers[a]} and {officers[b]}: {why}" for (a, b), why in (heard.refused or {}).items()),
            *(f"{officers[key]}: {why}" for key, why in (heard.left_out or {}).items()),
        ]
        return Said(
            [*_lines(proposal, officers), end],
            {"case": args.case, "accepted": args.accept, **data_of(proposal)},
            refused=refused,
        )


def _footage(session: Session, workspace: Workspace, case: str) -> Footage:
    assignment = session.open_case(case)
    vault = Vault(workspace, session.trust, session.grants, session.journal.record)
    footage = Footage(vault, session.trust, workspace, assignment)
    if not footage.manifests:
        raise ReviewerError(f"{case} has no recordings that you may open.", "Ask the supervisor who assigned it.")
    return footage


def _tell(progress: SoundProgress) -> None:
    note(f"{progress.done} of {count(progress.of, 'pair')} compared, {progress.share:.0%}")


def _lines(found: Alignment, officers: dict[str, str]) -> list[str]:
    said = [_camera(each, found, officers) for each in found.corrections]
    said += [_left_out(each, officers) for each in found.judged if not each.used]
    if found.misclosures:
        said.append(_round_trips(found.misclosures))
    return said


def _camera(correction: Correction, found: Alignment, officers: dict[str, str]) -> str:
    source = found.source(correction.recording)
    name = officers.get(correction.recording, correction.recording)
    by = f", most by {source.value}" if source is not None else ""
    drift = f", {correction.drift_ppb / 1000:+.1f} ppm" if correction.drift_ppb else ""
    moved = f"{correction.offset / SECOND:+.3f} s".replace("-", "−")
    return f"{name}: {moved} ± {COVERAGE * correction.sigma / SECOND:.3f} s{drift}{by}"


def _left_out(judged: Judged, officers: dict[str, str]) -> str:
    reading = judged.reading
    cameras = " and ".join(officers.get(key, key) for key in (reading.recording, reading.other) if key is not None)
    apart = abs(judged.residual) / SECOND
    return f"Left out: {reading.kind.value} of {cameras}, {apart:.3f} s from the others. {judged.why}".rstrip()


def _round_trips(found: tuple[Misclosure, ...]) -> str:
    errors = sorted(abs(each.error) for each in found)
    middle, worst = errors[len(errors) // 2] / 1000, errors[-1] / 1000
    return f"{count(len(found), 'round trip')} A → B → C: {middle:.1f} ms in the middle, {worst:.1f} ms at worst"


def data_of(found: Alignment) -> dict[str, Any]:
    """For programs: µs and 10^-9, σ is one standard deviation."""
    return {
        "corrections": [
            {**encode(each), "source": source.value if (source := found.source(each.recording)) is not None else None}
            for each in found.corrections
        ],
        "between": [{"cameras": list(pair), **encode(known)} for pair, known in sorted(found.between.items())],
        "judged": [encode(each) for each in found.judged],
        "misclosures": [encode(each) for each in found.misclosures],
    }
