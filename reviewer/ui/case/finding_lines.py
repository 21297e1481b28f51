"""What is signed, line by line, as the signing dialog shows it before it is signed."""

from __future__ import annotations

from reviewer.domain.finding import Decision, Finding
from reviewer.domain.gate import GateStands, clock_words, speed_words
from reviewer.ui.case.finding_signing import Line
from reviewer.ui.times import count


def finding_lines(finding: Finding) -> list[Line]:
    """Everything of a finding that a person should have looked at."""
    table = f"{finding.tables}, version {finding.tables_version}"
    lines = [
        ("Allegation", finding.allegation_words),
        ("Disposition", finding.disposition_words),
        ("Standard of proof", f"{finding.standard_words} ({table})"),
        ("Why", finding.reasons_read),
    ]
    cited = "\n".join(f"{each.name} · {each.stance.value} · {each.about}".rstrip(" ·") for each in finding.cited)
    lines.append(("Exhibits cited", cited or "none"))
    if finding.gate is not None:
        if finding.nothing_found:
            lines.append(("Nothing was found", f"in {clock_words(finding.gate.watched, up=False)} watched"))
        lines.append(("Watched of the relevant footage", _watched(finding.gate)))
    if finding.unwatched_reason:
        lines.append(("Why it closes with footage not watched", finding.unwatched_reason))
    if finding.replaces:
        lines.append(("Takes the place of", count(len(finding.replaces), "signed finding")))
    return lines


def _watched(gate: GateStands) -> str:
    speed = speed_words(gate.fastest_milli)
    watched, whole = clock_words(gate.watched, up=False), clock_words(gate.required)
    left = f", {clock_words(gate.left)} not" if gate.left else ""
    return f"{watched} of {whole} at {speed} or slower{left}"


def decision_lines(decision: Decision, finding: Finding) -> list[Line]:
    """Everything of a decision, and the finding that it is about."""
    table = f"{decision.tables}, version {decision.tables_version}"
    lines = [
        ("Allegation", decision.allegation_words),
        ("Disposition", decision.disposition_words),
        ("Standard of proof", f"{decision.standard_words} ({table})"),
        ("Reasons", decision.reasons or "as the finding has them"),
        ("About the finding", f"draft {finding.draft}: {finding.disposition_words}"),
        ("Its reasons", finding.reasons_read),
    ]
    if decision.dissents:
        lines.append(("Dissent", f"{count(len(decision.dissents), 'dissent')} on record"))
    if decision.supersedes:
        lines.append(("Takes the place of", count(len(decision.supersedes), "decision")))
    return lines
