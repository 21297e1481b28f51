"""Entries of the log as a report: chosen by a filter, in words, each with how it is vouched for.

The three questions that people ask of a log are filters too: who has watched this recording, what has this person
watched, who exported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from reviewer.audit.bundle import Body
from reviewer.audit.merkle import leaf_hash
from reviewer.audit.note import Checkpoint, verify_note
from reviewer.domain import events as ev
from reviewer.domain.log_report import LogHead, LogReport, LogRow
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import Local, clock, count, date
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.services.logproof import Proofs
from reviewer.services.logwords import INTERNAL, KINDS, LogKind, Names, did, what
from reviewer.services.session import Session
from reviewer.services.witnessing import Standing

_PAGE = 1_000
SEEN = (ev.ViewOpened.KIND, ev.ViewClosed.KIND, ev.FilmstripShown.KIND, ev.StillSaved.KIND)
"""Entries that say that footage was seen."""


def who_watched(recording: str) -> EntryFilter:
    """Who has watched this recording?"""
    return EntryFilter(recording=recording, kinds=SEEN)


def what_watched(user: str) -> EntryFilter:
    """What has this person watched?"""
    return EntryFilter(user=user, kinds=(*SEEN, ev.FileViewOpened.KIND, ev.FileViewClosed.KIND))


def who_exported() -> EntryFilter:
    """Who exported, and what?"""
    return EntryFilter(kinds=KINDS[LogKind.EXPORTS])


def chosen(session: Session, wanted: EntryFilter) -> Iterator[LogEntry]:
    """Every entry that the filter has, newest first, a page at a time."""
    after = None
    with closing(session.queries()) as queries:
        while True:
            page = queries.entries(wanted, after=after, limit=_PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].place


def in_words(wanted: EntryFilter, names: Names, zone: Local) -> str:
    """A filter as a sentence's part: "Views · by K. Salo 0417 · of A. Niemi 2214 · in CR-2026-0142 · from … to …"."""
    kind = next((kind for kind, kinds in KINDS.items() if kinds == wanted.kinds), None)
    said = [kind.value if kind is not None else ", ".join(map(did, wanted.kinds))]
    if wanted.user is not None:
        said.append(f"by {names.user(wanted.user)}")
    if wanted.recording is not None:
        said.append(f"of {names.recording(wanted.recording)}")
    if wanted.case is not None:
        said.append(f"in {wanted.case}")
    if wanted.since is not None:
        said.append(f"from {zone.date(wanted.since)} {zone.clock(wanted.since)} {zone.offset(wanted.since)}")
    if wanted.until is not None:
        said.append(f"before {zone.date(wanted.until)} {zone.clock(wanted.until)} {zone.offset(wanted.until)}")
    return " · ".join(said)


def state_words(index: int, standing: Standing, published: int) -> str:
    """How an entry is vouched for: "witnessed ×2", "published", "signed only"."""
    times = standing.times(index)
    if times:
        return f"witnessed ×{times}"
    return "published" if index < published else "signed only"


def vouched_words(index: int, standing: Standing, published: int) -> str:
    """The same for paper, with the time by which the quorum, or a witness, had seen it."""
    words = state_words(index, standing, published)
    if index < standing.size and standing.at is not None:
        return f"{words}, by {clock(standing.at)} UTC on {date(standing.at)}"
    if standing.times(index) and standing.of:
        return f"{words}, not by the quorum of {standing.quorum}"
    return words


def shows_body(entry: LogEntry, *, notes: bool) -> bool:
    """Whether an export shows this entry's body: what was done always, what was written for one's own work if asked."""
    return entry.event is not None and (notes or entry.meta.kind not in INTERNAL)


def row_of(
    entry: LogEntry, data: bytes, body: Body | None, names: Names, zone: Local, state: str, *, notes: bool
) -> LogRow:
    """One entry as the report has it. `data` are its canonical bytes, `body` what is shown of it."""
    meta = entry.meta
    shown = shows_body(entry, notes=notes)
    sealed = "Body sealed: an entry of this kind was written, and what it says is not shown."
    return LogRow(
        origin=meta.origin,
        index=meta.index,
        at=meta.at,
        local=f"{zone.date(meta.at)} {zone.clock(meta.at, 6)}",
        offset=zone.offset(meta.at),
        who=names.user(meta.actor),
        did=did(meta.kind),
        what=what(entry, names, zone) if shown else sealed,
        reason=(meta.reason or "") if shown else "",
        case=meta.case or "",
        recording=meta.recording or "",
        kind=meta.kind,
        state=state,
        leaf=leaf_hash(data).hex(),
        payload=None if body is None else body[1].decode(),
        sealed=body is None,
    )


def heads_of(proofs: Proofs, rows: Sequence[LogRow]) -> tuple[LogHead, ...]:
    """The logs that the rows stand in."""
    shown = Counter(row.origin for row in rows)
    return tuple(head_of(proofs, origin, shown[origin]) for origin in sorted(shown))


def head_of(proofs: Proofs, origin: str, shown: int) -> LogHead:
    """One log of which so many entries are shown. Raises what `proofs.log` raises."""
    log, standing = proofs.log(origin), proofs.standing(origin)
    head = Checkpoint.from_text(verify_note(log.checkpoint, [log.verifier])[0])
    witnesses = tuple(
        f"Witness {each.name} saw {each.size:,} entries at {clock(each.at)} UTC on {date(each.at)}."
        for each in standing.seen
    )
    return LogHead(origin, shown, head.size, head.root.hex(), witnesses)


def proven(rows: Sequence[LogRow], standings: Mapping[str, Standing]) -> tuple[str, ...]:
    """What the proofs show, in sentences."""
    witnessed = sum(row.index < standings[row.origin].size for row in rows)
    bodies = sum(row.payload is not None for row in rows)
    every = count(len(rows), "entry", "entries")
    seen = (
        f"{witnessed:,} of them were seen by as many witnesses as the agency demands, before the times given. Whoever "
        "changes, removes or inserts one of those afterwards, or one before it, is found out."
    )
    if not witnessed:
        seen = (
            "As many witnesses as it takes have seen none of them yet. So far they rest on the log’s own key alone: "
            "whoever holds it could still write them anew."
        )
    return (
        f"Each of the {every} stands in its log at its number, unchanged, under a head that the log’s key signed "
        "(RFC 6962 inclusion proof).",
        seen,
        f"What {bodies:,} of them say is shown, and is what they committed to when they were written (SHA-256).",
    )


NOT_PROVEN = (
    "What happened before a witness saw an entry: until then whoever held the workstation and the log’s key could "
    "write it anew. “Signed only” and “published” say that no witness has seen the entry yet.",
    "That these are all entries. They are those that the filter chose; the whole log stands in the agency’s store and "
    "can be verified there.",
    "That somebody looked. A view’s entry says what the window painted, at what speed and size; not who sat before it.",
    "The time of day. Local and UTC times are the workstation’s own clock’s; the witnesses’ times are theirs.",
    "What an entry with a sealed body says: only that one of its kind was written then.",
    "Whose the keys are. Compare those in keys.json with what the agency tells you on another way than this export.",
)


def report(
    title: str,
    rows: Sequence[LogRow],
    proofs: Proofs,
    *,
    made_at: Utc,
    made_by: str,
    zone_name: str,
    facts: Sequence[tuple[str, str]],
) -> LogReport:
    """The report of these rows, without its proofs' hash. Raises what `proofs.log` raises."""
    standings = {origin: proofs.standing(origin) for origin in {row.origin for row in rows}}
    return LogReport(
        title=title,
        agency=proofs.roster.title,
        made_at=made_at,
        made_by=made_by,
        zone=zone_name,
        facts=tuple(facts),
        heads=heads_of(proofs, rows),
        proven=proven(rows, standings),
        not_proven=NOT_PROVEN,
        rows=tuple(rows),
    )
