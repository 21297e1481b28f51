"""Documents of a case: `reviewer documents CASE`, `reviewer documents attach`, `… withdraw`, `… export`."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, takes_user
from reviewer.domain.case import CaseDocument
from reviewer.domain.case_acts import DocumentSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.wording import count
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.case_state import rights_of
from reviewer.services.paper_views import Reader, readers
from reviewer.services.papers import Papers
from reviewer.services.session import Session

_NONE = "See `reviewer documents`."


def add(table: Commands) -> None:
    """The words of these commands."""
    table.usual("documents", "list")
    listed = table.add("documents list", do_list, "a case’s documents, and who read which pages of them")
    listed.add_argument("case")
    takes_user(listed, "who you are")
    added = table.add("documents attach", do_attach, "seal a file and attach it to a case")
    added.add_argument("case")
    added.add_argument("file", type=Path)
    added.add_argument("--what", default="", help="the kind of paper, as “statement”")
    added.add_argument("--note", default="", help="what it is, who it is from")
    added.add_argument("--unopened", action="store_true", help="keep it whatever it is; nothing here opens it then")
    takes_user(added, "who you are")
    back = table.add("documents withdraw", do_withdraw, "take a document off a case; its entries stay")
    back.add_argument("case")
    back.add_argument("id", help="as `reviewer documents` names it")
    takes_user(back, "who you are")
    out = table.add("documents export", do_export, "write the original of a document; the log has it first")
    out.add_argument("case")
    out.add_argument("id", help="as `reviewer documents` names it")
    out.add_argument("file", type=Path)
    takes_user(out, "who you are")


def do_list(args: argparse.Namespace) -> Said:
    """`reviewer documents list`."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        file, papers = _opened(session, args.case, queries)
        read, documents = readers(queries, args.case), file.documents()
        lines = [_line(each, papers.is_here(args.case, each)) for each in documents]
        data = [_data(each, read.get(each.id, ()), papers.is_here(args.case, each)) for each in documents]
        return Said(lines or [f"{args.case} has no document."], {"documents": data})


def do_attach(args: argparse.Namespace) -> Said:
    """`reviewer documents attach`."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        file, papers = _opened(session, args.case, queries)
        taken = papers.take(args.case, args.file, unopened=args.unopened)
        id_ = papers.attach(file, taken, what=args.what, note=args.note).result()
        document = next(each for each in file.documents() if each.id == id_)
        return Said([f"Attached: {_line(document, here=True)}"], _data(document, (), here=True))


def do_withdraw(args: argparse.Namespace) -> Said:
    """`reviewer documents withdraw`."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        file, _ = _opened(session, args.case, queries)
        document = _named(file, args.id)
        file.withdraw(DocumentSet, document.id).result()
        return Said([f"Taken off: “{document.name}”. Its entries stay."], {"withdrawn": document.id})


def do_export(args: argparse.Namespace) -> Said:
    """`reviewer documents export`."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        file, papers = _opened(session, args.case, queries)
        document = _named(file, args.id)
        path = papers.export(args.case, document, args.file.absolute())
        data = {"file": str(path), "sha256": document.sha256}
        return Said([f"“{document.name}” is written to {path}; the log has it."], data)


def _opened(session: Session, case: str, queries: Queries) -> tuple[CaseFile, Papers]:
    session.open_case(case)
    rights = rights_of(session.trust, case)
    file = CaseFile(session.journal.record, queries, case, lambda: rights.refusal(session.user.id))
    return file, Papers(session.trust.workspace, session)


def _named(file: CaseFile, id_: str) -> CaseDocument:
    found = [each for each in file.documents() if id_ and each.id.startswith(id_)]
    if len(found) != 1:
        raise ReviewerError(f"{file.case} has no document {id_}.", _NONE)
    return found[0]


def _line(document: CaseDocument, here: bool) -> str:
    pages = f", {count(document.pages, 'page')}" if document.pages else ""
    what = f", {document.what}" if document.what else ""
    where = "" if here else ", not on this machine yet"
    return f"{document.id[:8]} “{document.name}”{what}{pages}, {document.size:,} bytes{where}"


def _data(document: CaseDocument, read: tuple[Reader, ...], here: bool) -> dict[str, Any]:
    known = {"id": document.id, "name": document.name, "kind": document.kind, "what": document.what}
    by = [{"user": each.user, "pages": sorted(each.pages), "seconds": each.seconds / 1e6} for each in read]
    size = {"pages": document.pages, "size": document.size, "sha256": document.sha256}
    return {**known, "note": document.note, **size, "here": here, "read": by}
