"""One’s own work: `reviewer sync`, `queue`, `release`."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from reviewer.commands.base import (
    Commands,
    Said,
    logged_on,
    note,
    passphrase,
    promise,
    takes_secret,
    takes_user,
    trust_of,
    workspace_of,
)
from reviewer.domain.codec import encode
from reviewer.domain.timebase import format_rfc3339
from reviewer.services.cache import Cache
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.preferences import Places, limits_of
from reviewer.services.queue import Queue, QueueCase, case_manifests, read_queue, watched_by
from reviewer.services.queue_clocks import with_clocks
from reviewer.services.queue_kept import KeptQueue
from reviewer.services.session import Session, release
from reviewer.services.shred import Ended, Shredder, Why
from reviewer.services.sync import Progress, Sync
from reviewer.services.workspace import Workspace


def add(table: Commands) -> None:
    """The words of these commands."""
    fetch = table.add("sync", do_sync, "bring what is assigned to you to this machine")
    fetch.add_argument("case", nargs="?")
    takes_user(fetch, "who you are")
    takes_user(table.add("queue", do_queue, "what is assigned to you"), "who you are")
    let = table.add("release", do_release, "let somebody try again after too many wrong passphrases")
    let.add_argument("named")
    let.add_argument("--by", required=True, help="supervisor or custodian")
    takes_secret(let)


def do_sync(args: argparse.Namespace) -> Said:
    """`reviewer sync`: what is assigned comes to this machine, within one’s limits; what was taken goes."""
    refused: list[str] = []
    data: list[dict[str, Any]] = []

    def progress(now: Progress) -> None:
        note(f"{now.case}  {now.here / now.total if now.total else 1:4.0%}  {now.rate / 1e6:.1f} MB/s")

    with logged_on(args) as session:
        here = workspace_of(args)
        limits = limits_of(session.room)
        cache = Cache(here, limit=limits.cache)
        ended = _let_go(session, here, cache)
        lines = [_ended_words(each) for each in ended]
        sync = Sync(here, session.trust.store, session.journal.record, cap=limits.cap, cache=cache)
        cases = [args.case] if args.case else [a.case_id for a in session.trust.assignments(session.user.id).good]
        for case in cases:
            found = case_manifests(session.trust, session.open_case(case), session.grants)
            report = sync.fetch(case, found.good, progress)
            size = sum(o.here for o in report.objects)
            lines.append(f"{case}: {report.fetched} fetched, {size} bytes here.")
            problems = [*found.problems, *report.problems]
            said = [f"{p.message} {p.next_step}" for p in problems] + [str(report.stopped)] * bool(report.stopped)
            refused += said
            whole = report.complete and not problems
            data.append({"case": case, "fetched": report.fetched, "bytes_here": size, "complete": whole, "said": said})
        sync.close()
        cache.save()
    note("")
    said_of = {"cases": data, "ended": [each.case for each in ended]}
    return Said(lines or ["No cases are assigned to you."], said_of, all(c["complete"] for c in data), refused)


def _let_go(session: Session, workspace: Workspace, cache: Cache) -> list[Ended]:
    """What was taken from this person, or has run out, goes from this machine, as it does in the window."""
    shredder = Shredder(
        workspace,
        session.trust,
        session.user.id,
        grants=session.grants,
        case_keys=session.case_keys,
        record=session.journal.record,
        refold=session.journal.refold,
        forget_followed=session.following.forget,
        cache=cache,
    )
    index = CatalogueIndex(session.room.folder / "catalogue.sqlite", session.keys)
    kept = KeptQueue(index, session.trust, session.user.id)
    ended = [each for each in shredder.look() if not each.done]
    for each in ended:
        Places.of(session.room).forget(each.case)
        kept.forget(each.case)
        shredder.shred(each)
    return ended


def _ended_words(ended: Ended) -> str:
    day = format_rfc3339(ended.at)[:10]
    how = f"was taken from you by {ended.by} on {day}" if ended.why is Why.TAKEN_OFF else f"was yours until {day}"
    return f"{ended.case} {how}: its keys and its footage are gone from this machine."


def do_queue(args: argparse.Namespace) -> Said:
    """`reviewer queue`: what is assigned, and how much of it is here."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        who = session.user.id
        ended = _let_go(session, workspace_of(args), Cache(workspace_of(args)))
        queue = read_queue(
            session.trust,
            workspace_of(args),
            who,
            grants=session.grants,
            resume=lambda case: queries.last_shown(case, who),
            watched=watched_by(queries, who),
        )
        queue = with_clocks(queue, queries, session.trust)
    lines = [_ended_words(each) for each in ended]
    lines += [
        f"{c.case_id}  {c.title}  {c.here} of {len(c.recordings)} here  {c.integrity_words}  {_next(c)}"
        for c in queue.cases
    ]
    lines += [f"{c.case_id}  {p}" for c in queue.cases for p in c.problems]
    lines += [str(p) for p in (*queue.notices, *queue.problems)]
    store = session.trust.store
    data = {**_queue_data(queue), "store": store.integrity, "ended": [each.case for each in ended]}
    return Said([*(lines or ["No cases are assigned to you."]), promise(store)], data)


def _next(case: QueueCase) -> str:
    """What to do next, where its complaint stands, and what is due."""
    brief = case.brief
    due = f"  {brief.next[0]} by {format_rfc3339(brief.next[1])[:10]}" if brief.next is not None else ""
    return f"{case.next_step.value}  {brief.state}{due}" if brief.state else case.next_step.value


def _queue_data(queue: Queue) -> dict[str, Any]:
    def case(each: QueueCase) -> dict[str, Any]:
        return {
            "case": each.case_id,
            "title": each.title,
            "purpose": each.purpose.value,
            "issued_by": each.issued_by,
            "recordings": [r.recording_id for r in each.recordings],
            "not_assigned": [n.recording_id for n in each.not_assigned],
            "here": each.here,
            "bytes": each.bytes,
            "bytes_here": each.bytes_here,
            "integrity": each.integrity_words,
            "watched": each.watched,
            "resume": None if each.resume is None else format_rfc3339(each.resume),
            "next_step": each.next_step.value,
            "complaint": encode(each.brief),
            "problems": [encode(p) for p in each.problems],
        }

    problems = [encode(p) for p in (*queue.notices, *queue.problems)]
    return {"cases": [case(c) for c in queue.cases], "problems": problems}


def do_release(args: argparse.Namespace) -> Said:
    """`reviewer release`: lets somebody log on again after too many wrong passphrases."""
    by = passphrase(args.passphrase_file, args.by)
    user = release(workspace_of(args), trust_of(args), args.named, args.by, by)
    return Said([f"{user.name} may log on again."], {"released": user.id})
