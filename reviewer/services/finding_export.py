"""A signed finding or decision leaves the program as the envelope that its author signed, for any DSSE verifier."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from reviewer.domain.finding import SignedDecision, SignedFinding
from reviewer.domain.report_acts import ReportExported
from reviewer.services.disk import write_new
from reviewer.services.undoing import Record

SUFFIX = ".dsse.json"


def save_envelope(signed: SignedFinding | SignedDecision, case: str, folder: Path, record: Record) -> Path:
    """Write it into a folder; nothing is overwritten. That it leaves is durable in the access log first. Returns where
    the file is. Raises LogUnwritable, and what the disk says."""
    what = "Decision" if isinstance(signed, SignedDecision) else "Finding"
    said = signed.decision if isinstance(signed, SignedDecision) else signed.finding
    name = said.allegation_words.partition(" ")[0]
    data = signed.envelope.encode()
    subject = f"{what.lower()} {name}"
    record(ReportExported(case, subject, "dsse.json", sha256(data).hexdigest(), len(data))).result()
    return write_new(folder / f"{what} {case} {name}{SUFFIX}", data)
