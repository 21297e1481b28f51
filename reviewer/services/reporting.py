"""A report leaves the program: made, logged, then written; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from hashlib import sha256
from pathlib import Path

from reviewer import config
from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.report import Report
from reviewer.domain.report_acts import ReportExported
from reviewer.exports.report import to_csv, to_json, to_pdf
from reviewer.exports.report_docx import to_docx
from reviewer.exports.report_html import to_html
from reviewer.services.disk import write_new
from reviewer.services.journal import Recorded

Record = Callable[[Event], Future[Recorded]]


def _pdf(report: Report) -> bytes:
    return to_pdf(report, config.resource("fonts"))


FORMS: Mapping[str, Callable[[Report], bytes]] = {
    **{"pdf": _pdf, "html": to_html, "docx": to_docx},
    **{"csv": to_csv, "json": to_json},
}
"""By the suffix of the file's name."""


def save_report(report: Report, case: str, path: Path, record: Record) -> Path:
    """Write the report as its name's suffix says. That it leaves is durable in the access log first; nothing is
    overwritten: a name that is taken gets a number. Takes its time: not on the GUI's thread. Returns where the file
    is. Raises ReviewerError for a suffix that is no form, LogUnwritable, and what the disk says."""
    form, data = made(report, path)
    record(ReportExported(case, report.subject, form, sha256(data).hexdigest(), len(data))).result()
    return write_new(path, data)


def made(report: Report, path: Path) -> tuple[str, bytes]:
    """The form that a name's suffix asks for, and the report in it. Raises ReviewerError for a suffix that is none."""
    form = path.suffix.lower().removeprefix(".")
    make = FORMS.get(form)
    if make is None:
        raise ReviewerError(f"A report is not written as “{path.suffix}”.", f"End the name with {_forms()}.")
    return form, make(report)


def _forms() -> str:
    names = [f".{form}" for form in FORMS]
    return f"{', '.join(names[:-1])} or {names[-1]}"
