"""What lies in a package beside the copies: index, page, letter, proofs, the verifier, how to check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import reviewer
from reviewer import config
from reviewer.domain.request import Request
from reviewer.domain.timebase import Utc, to_datetime
from reviewer.domain.wording import Local, count
from reviewer.exports import letter, report_html
from reviewer.exports.paper import Imprint
from reviewer.services.disclosure_index import Index, report_of, to_csv, to_json
from reviewer.services.disclosure_verify import VERIFIER, verifier_source
from reviewer.services.session import Session


def package_files(
    index: Index, request: Request, zone: Local, session: Session, bundle: Mapping[str, Any], keys: Mapping[str, Any]
) -> dict[str, bytes]:
    """By their place under data/. Raises ReviewerError where the verifier is missing."""
    report = report_of(index, zone)
    films = [(each.file, f"{each.called}: {each.words}") for each in index.copies if each.video]
    return {
        "index.json": to_json(index),
        "index.csv": to_csv(index),
        "index.html": report_html.to_html(report, films),
        "letter.pdf": letter.to_pdf(_letter(index, request, zone, session), config.resource("fonts")),
        "proofs/bundle.json": as_json(bundle),
        "proofs/keys.json": as_json(keys),
        VERIFIER: verifier_source(),
        "README.txt": _readme(index),
    }


def as_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def bag_info(index: Index, at: Utc) -> dict[str, str]:
    """bag-info.txt (RFC 8493, 2.2.2); who asked is in the letter alone."""
    return {
        "Source-Organization": index.agency,
        "External-Identifier": index.number,
        "External-Description": f"{index.kind}: {index.answer}",
        "Bagging-Date": to_datetime(at).date().isoformat(),
        "Bag-Software-Agent": f"Reviewer {reviewer.__version__}",
    }


def _letter(index: Index, request: Request, zone: Local, session: Session) -> letter.Letter:
    user = session.user
    title = f"{index.kind} {index.number}"
    imprint = Imprint(title, index.agency, index.made_by, index.made_at, "Answer to a request for copies")
    own = tuple(p.strip() for p in request.letter.split("\n\n") if p.strip())
    sections = report_of(index, zone).sections
    shown = tuple(s for s in sections if s.rows)
    return letter.Letter(
        imprint,
        zone.date(index.made_at),
        (index.requester, *request.contact.splitlines()),
        title,
        own or standard_letter(index, zone),
        (f"{user.name} {user.badge}", index.agency),
        shown,
    )


def standard_letter(index: Index, zone: Local) -> tuple[str, ...]:
    """What is said where the request has no letter of its own; paragraphs."""
    asked = f" for {index.asked.rstrip('.')}" if index.asked else ""
    day = f" on {zone.date(index.received)}" if index.received is not None else ""
    said = [f"You asked us{day}{asked}."]
    if index.copies:
        said.append(
            f"With this letter you get {count(len(index.copies), 'file')}. Open index.html to watch the copies and to "
            "read what is hidden in them and why; README.txt says how to check that they are what we made."
        )
    if any(copy.hidden or copy.left for copy in index.copies):
        said.append("Parts are hidden or left out. Each has its reason, which stands below with the rule it rests on.")
    if index.refusals:
        grounds = "; ".join(f"{g.words} ({g.rule})" if g.rule else g.words for g in index.refusals)
        part = "a part of it" if index.copies else "your request"
        said.append(f"We refuse {part} for: {grounds}.")
    if index.fee:
        said.append(f"Fee: {index.fee}")
    return tuple(said)


def _readme(index: Index) -> bytes:
    signed = (
        "* Each copy carries a C2PA manifest signed by the agency’s certificate: any C2PA reader shows "
        "it (c2patool on your own machine; whatever asks you to upload the copy gets it).\n"
        if index.certificate
        else ""
    )
    return f"""{index.number}, {index.agency}

index.html      plays the copies; says what is given, hidden, left out, and why (index.json, index.csv: the same)
letter.pdf      the letter
copies/         the files
proofs/         entries of the agency’s signed log about these files, with their proofs
{VERIFIER}  checks all of it; plain Python, to be read before it is run

How to check it, without us
* Python 3.9 or later:   python3 {VERIFIER} .. --keys keys.json
  Ask the agency for keys.json by a way of its own; without it the package can only agree with itself.
  The last line says PASS or FAIL, and why.
* The folder is a bag (BagIt, RFC 8493):   bagit.py --validate FOLDER
{signed}""".encode()
