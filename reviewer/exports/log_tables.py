"""Entries as tables for other programs: CSV (RFC 4180) and JSON. UTF-8, times in UTC to the microsecond."""

from __future__ import annotations

import csv
import io
import json

from reviewer.domain.codec import encode
from reviewer.domain.log_report import LogReport, LogRow
from reviewer.domain.timebase import format_rfc3339

COLUMNS = (
    *("log", "index", "utc", "local", "utc_offset", "who", "kind", "did", "what", "reason", "case", "recording"),
    *("state", "leaf_hash", "body"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(report: LogReport) -> bytes:
    """A header and one record an entry, CRLF between them, every field quoted. A text that a spreadsheet would take for
    a formula gets an apostrophe in front (OWASP, "CSV Injection")."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in report.rows:
        writer.writerow([harmless(field) for field in _fields(row)])
    return out.getvalue().encode()


def to_json(report: LogReport) -> bytes:
    """The whole report as one object; each entry's body as the JSON that it is."""
    rows = []
    for row in report.rows:
        each = encode(row)
        each["at"] = format_rfc3339(row.at)
        each.pop("payload", None)
        each["body"] = None if row.payload is None else json.loads(row.payload)
        rows.append(each)
    whole = {**encode(report), "v": 1, "rows": rows}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _fields(row: LogRow) -> tuple[str, ...]:
    return (
        *(row.origin, str(row.index), format_rfc3339(row.at), row.local, row.offset, row.who, row.kind, row.did),
        *(row.what, row.reason, row.case, row.recording, row.state, row.leaf),
        row.payload if row.payload is not None else "sealed" if row.sealed else "",
    )


def harmless(field: str) -> str:
    """A field that no spreadsheet takes for a formula."""
    return f"'{field}" if field.lstrip(" \u00a0").startswith(_FORMULA) else field
