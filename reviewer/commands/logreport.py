"""What leaves the log, and who answers for having looked: `reviewer log export`, `reviewer log review`."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path

from reviewer.commands.base import Commands, Said, logged_on, note, passphrase, takes_user, zone_named
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc, format_rfc3339, parse_rfc3339
from reviewer.domain.wording import LocalZone, count, utc_of
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.services.logexport import Asked, LogExport, Part, Step
from reviewer.services.logreview import Week, put_waiting, remarked, sign_review, this_week
from reviewer.services.logwords import KINDS, LogKind, Names, did, what
from reviewer.services.session import Session


def add(table: Commands) -> None:
    """The words of these commands."""
    out = table.add("log export", log_export, "entries with their proofs, a report and the verifier, for a court")
    out.add_argument("target", type=Path, help="a new folder, or a new file that ends in .zip")
    out.add_argument("--case")
    out.add_argument("--recording")
    out.add_argument("--person", help="whose entries: id, badge or name")
    out.add_argument("--kind", type=_kind, default=LogKind.EVERYTHING, help=", ".join(k.value.lower() for k in LogKind))
    out.add_argument("--since", help="a day (2026-07-28, from its beginning) or an RFC 3339 time")
    out.add_argument("--until", help="a day (2026-07-28, to its end) or an RFC 3339 time")
    out.add_argument("--part", type=Part, action="append", help=f"{', '.join(Part)}; all of them without it")
    out.add_argument("--notes", action="store_true", help="with internal notes: reasons, bookmarks, findings")
    review = table.add("log review", log_review, "what stands in the logs since they were last reviewed")
    review.add_argument("--person", help="whose entries: id, badge or name; everybody’s without it")
    review.add_argument("--sign", action="store_true", help="answer for having looked")
    review.add_argument(
        "--remark", action="append", default=[], metavar="ORIGIN#INDEX=WORDS", help="to an entry that stands out"
    )
    for parser in (out, review):
        parser.add_argument("--zone", default="", help="a time zone’s name; this machine’s without it")
        takes_user(parser, "who you are")


def log_export(args: argparse.Namespace) -> Said:
    """`reviewer log export`: the export is an entry before the first file is written, and another when it is made."""
    zone = zone_named(args.zone)
    with logged_on(args) as session:
        wanted = EntryFilter(
            case=args.case,
            recording=args.recording,
            user=_person(session, args.person),
            kinds=KINDS[args.kind],
            since=_time(args.since, zone),
            until=_time(args.until, zone, end=True),
        )
        asked = Asked(wanted, args.target.absolute(), frozenset(args.part or Part), args.notes)
        export = LogExport(
            session, asked, names=_names(session), zone=zone, zone_name=args.zone or "local", progress=_progress
        )
        done = export.run()
    note("")
    lines = [f"{count(done.entries, 'entry', 'entries')} in {count(done.files, 'file')} at {done.path}."]
    if done.bundle:
        lines.append(f"SHA-256 of the proofs: {done.bundle}")
    lines += [f"The verifier will say FAIL: {problem}" for problem in done.problems]
    return Said(lines, {**encode(done), "path": str(done.path)})


def log_review(args: argparse.Namespace) -> Said:
    """`reviewer log review`: counts and what stands out; with `--sign`, signed and put into the store."""
    zone = zone_named(args.zone)
    with logged_on(args) as session:
        put_waiting(session)
        week = this_week(session, _person(session, args.person) or "", zone)
        review = remarked(week.review, _remarks(week, args.remark))
        lines = _said(week, session, zone)
        if args.sign:
            review = sign_review(session, review, passphrase(args.passphrase_file, args.user))
            lines.append(f"Signed as review {review.n}: reviews/{review.supervisor}/{review.n}.json")
        else:
            lines.append("Not signed. Sign it with --sign.")
    return Said(lines, {**encode(review), "signed": args.sign})


def _said(week: Week, session: Session, zone: LocalZone) -> list[str]:
    review, names = week.review, _names(session)
    spans = f"{format_rfc3339(review.since)} to {format_rfc3339(review.until)}"
    lines = [f"{count(review.entries, 'entry', 'entries')} in {count(len(review.logs), 'log')}, {spans}."]
    if week.weeks > 1:
        lines.append(f"{week.weeks} weeks were not reviewed.")
    lines += [f"  {did(each.kind)}: {each.entries}" for each in review.counts]
    lines.append(f"{count(len(week.stands_out), 'entry stands', 'entries stand')} out:")
    for entry, why in week.stands_out:
        meta = entry.meta
        said = f"{names.user(meta.actor)} · {did(meta.kind)} · {what(entry, names, zone)} ({why})"
        lines.append(f"  {meta.origin}#{meta.index}  {format_rfc3339(meta.at)}  {said}")
    return lines


def _remarks(week: Week, said: list[str]) -> list[tuple[LogEntry, str]]:
    entries = {f"{each.meta.origin}#{each.meta.index}": each for each, _ in week.stands_out}
    found = []
    for each in said:
        place, _, words = each.partition("=")
        if place not in entries or not words.strip():
            raise ReviewerError(f"“{each}” is no remark to an entry that stands out.", "Write ORIGIN#INDEX=WORDS.")
        found.append((entries[place], words.strip()))
    return found


def _progress(step: Step) -> None:
    note(f"{step.done:,} of {step.total:,} {step.words}")


def _names(session: Session) -> Names:
    users = {user.id: f"{user.name} {user.badge}" for user in session.roster.users}
    return Names(lambda user: users.get(user, user), lambda recording: recording)


def _person(session: Session, named: str | None) -> str | None:
    if named is None:
        return None
    user = session.roster.user(named)
    if user is None and all(named != each.id for each in session.roster.users):
        raise ReviewerError(f"The roster names nobody “{named}”.", "Give an id, a badge or a name.")
    return named if user is None else user.id


def _kind(text: str) -> LogKind:
    try:
        return LogKind(text.capitalize())
    except ValueError:
        raise argparse.ArgumentTypeError(f"a kind is one of {', '.join(k.value.lower() for k in LogKind)}") from None


def _time(text: str | None, zone: LocalZone, *, end: bool = False) -> Utc | None:
    if text is None:
        return None
    try:
        if len(text) == len("2026-07-28"):
            day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - local midnight, made UTC by the zone
            return utc_of(day + timedelta(days=end), zone)
        return parse_rfc3339(text)
    except ValueError:
        raise ReviewerError(f"“{text}” is no day or time.", "Write 2026-07-28 or 2026-07-28T11:02:00Z.") from None
