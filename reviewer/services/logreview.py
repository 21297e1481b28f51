"""The weekly review: what stands in the logs since somebody last answered for having looked, and who answers now.

CJIS Security Policy 5.9.5 asks for a look each week. A review is a DSSE envelope (`application/vnd.reviewer.log-review+
json`) at `reviews/<supervisor>/<n>.json`, put if absent, and an entry of the supervisor's log before that. It names how
far each log went (size, root) when it was looked at, what stood out, and what was remarked. Only facts stand out, no
scores: what was refused, what left, restricted footage, views at night, what happened to the log itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count as numbers

import rfc8785

from reviewer.audit.note import Checkpoint, raw_public, verify_note
from reviewer.domain import events as ev
from reviewer.domain import log_acts, reason_acts
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, AlreadyInStore, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.roster import Role, Roster, User
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.wording import Local
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.sealing import envelope
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import write_atomically
from reviewer.services.logproof import Proofs
from reviewer.services.logreport import SEEN, chosen
from reviewer.services.logwords import KINDS, LogKind
from reviewer.services.session import Session
from reviewer.stores.base import Store

DOCUMENT = "log-review"
FOLDER = "reviews"
WEEK = Micros(7 * 86_400 * SECOND)
REVIEWERS = frozenset({Role.SUPERVISOR, Role.CUSTODIAN, Role.AUDITOR})
NIGHT = (22, 6)
"""Hours of local time between which a view stands out."""
_LOG_TROUBLE = ("clock", "unwritable", "logging")


@dataclass(frozen=True, slots=True)
class Marked:
    """An entry that was looked at: `why` it stands out ("" if somebody picked it), and the supervisor's remark."""

    origin: str
    index: int
    why: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a log went when it was looked at; `root` in hex."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Counted:
    kind: str
    entries: int


@dataclass(frozen=True, slots=True)
class LogReview:
    """Review `n` of this supervisor, of what `person` ("" is everybody that they may read) did from `since` to `until`
    (since <= at < until). `made` is when it was signed."""

    agency: str
    supervisor: str
    n: int
    person: str
    since: Utc
    until: Utc
    logs: tuple[Covered, ...]
    counts: tuple[Counted, ...]
    marked: tuple[Marked, ...]
    made: Utc
    v: int = 1

    @property
    def entries(self) -> int:
        return sum(each.entries for each in self.counts)


@dataclass(frozen=True, slots=True)
class Week:
    """What there is to look at. `stands_out` are its entries that do, oldest first, `why` beside each."""

    review: LogReview
    stands_out: tuple[tuple[LogEntry, str], ...]

    @property
    def weeks(self) -> int:
        """How many weeks it covers, the one that runs left out: more than one is a review that was missed."""
        return int((self.review.until - self.review.since) // WEEK)


def may_review(user: User) -> bool:
    return bool(REVIEWERS.intersection(user.roles))


def signed_reviews(store: Store, roster: Roster, supervisor: str | None = None) -> Iterator[LogReview]:
    """Every review in the store whose signature holds, of one supervisor or of all. Raises StoreUnreachable."""
    for path in sorted(store.list(f"{FOLDER}/{supervisor}" if supervisor else FOLDER)):
        with suppress(ReviewerError):
            review = verify_review(store.get(path), roster)
            if path == path_of(review):
                yield review


def verify_review(data: bytes, roster: Roster) -> LogReview:
    """The review in an envelope. Raises NotTrusted unless whoever it names signed it and may, MalformedDocument."""
    keys = {u.id: [raw_public(k) for k in (u.signing_key, *(f.signing_key for f in u.former))] for u in roster.users}
    payload, signer = envelope.open_envelope(data, DOCUMENT, lambda who: keys.get(who, []))
    review = decode(LogReview, payload)
    if review.supervisor != signer or review.agency != roster.agency:
        raise NotTrusted(f"The review names {review.supervisor} and is signed by {signer}.", "Ask the custodian.")
    return review


def path_of(review: LogReview) -> str:
    return f"{FOLDER}/{review.supervisor}/{review.n}.json"


def last_until(reviews: Iterable[LogReview], person: str) -> Utc | None:
    """How far the last signed review of this person goes; one of everybody counts for each."""
    return max((each.until for each in reviews if each.person in ("", person)), default=None)


def weeks_due(session: Session, *, now: Clock = utc_now) -> int:
    """How many weeks this person has not signed for; 0 for whoever need not. Raises StoreUnreachable."""
    if not may_review(session.user):
        return 0
    since = last_until(signed_reviews(session.trust.store, session.trust.roster(), session.user.id), "")
    at = now()
    if since is not None:
        return int((at - since) // WEEK)
    with closing(session.queries()) as queries:
        return int(queries.count(EntryFilter(until=Utc(at - WEEK))) > 0)


def this_week(session: Session, person: str, zone: Local, *, now: Clock = utc_now) -> Week:
    """From the last signed review to now (or from the first entry), of one person or of everybody ("") that this
    session reads. Raises AccessRefused for whoever may not review, StoreUnreachable, LogForked."""
    if not may_review(session.user):
        raise AccessRefused("Only a supervisor, custodian or auditor reviews the log.", "Ask a supervisor.")
    roster, store = session.trust.roster(), session.trust.store
    mine = list(signed_reviews(store, roster, session.user.id))
    until = now()
    entries = list(chosen(session, EntryFilter(user=person or None, since=last_until(mine, person), until=until)))[::-1]
    since = last_until(mine, person) or (entries[0].meta.at if entries else until)
    with closing(Proofs(session)) as proofs:
        logs = tuple(_covered(proofs, origin) for origin in sorted({each.meta.origin for each in entries}))
    kinds = Counter(each.meta.kind for each in entries)
    out = tuple((each, why) for each in entries if (why := stands_out(each, zone)))
    review = LogReview(
        agency=roster.agency,
        supervisor=session.user.id,
        n=max((each.n for each in mine), default=0) + 1,
        person=person,
        since=since,
        until=until,
        logs=logs,
        counts=tuple(Counted(kind, n) for kind, n in sorted(kinds.items())),
        marked=tuple(Marked(each.meta.origin, each.meta.index, why) for each, why in out),
        made=until,
    )
    return Week(review, out)


def _covered(proofs: Proofs, origin: str) -> Covered:
    log = proofs.log(origin)
    head = Checkpoint.from_text(verify_note(log.checkpoint, [log.verifier])[0])
    return Covered(origin, head.size, head.root.hex())


def stands_out(entry: LogEntry, zone: Local) -> str:
    """Why an entry stands out, as a fact; "" if it does not."""
    kind = entry.meta.kind
    if kind == ev.LogOnRefused.KIND:
        return "log-on refused"
    if kind in KINDS[LogKind.REFUSALS]:
        return "refused"
    if kind in (log_acts.LogExported.KIND, ev.StillSaved.KIND):
        return "left the program"
    if kind == reason_acts.RestrictedReasonStated.KIND:
        return "restricted footage"
    if kind in SEEN and _at_night(entry.meta.at, zone):
        return f"viewed between {NIGHT[0]}:00 and {NIGHT[1]:02d}:00"
    if any(word in kind for word in _LOG_TROUBLE):
        return "the log itself"
    return ""


def _at_night(at: Utc, zone: Local) -> bool:
    hour = int(zone.clock(at)[:2])
    return hour >= NIGHT[0] or hour < NIGHT[1]


def remarked(review: LogReview, remarks: Sequence[tuple[LogEntry, str]]) -> LogReview:
    """The review with remarks to some of its entries; one that did not stand out is marked now."""
    said = {(entry.meta.origin, entry.meta.index): remark for entry, remark in remarks}
    marked = [replace(each, remark=said.pop((each.origin, each.index), each.remark)) for each in review.marked]
    marked += [Marked(origin, index, "", remark) for (origin, index), remark in said.items()]
    return replace(review, marked=tuple(marked))


def sign_review(session: Session, review: LogReview, passphrase: str, *, now: Clock = utc_now) -> LogReview:
    """Sign it: an entry first, then the document. Raises WrongPassphrase, LockedOut, LogUnwritable; StoreUnreachable:
    then the signed document lies here and is put by the next call of `put_waiting`."""
    keys = session.confirm(passphrase)
    if not may_review(session.user):
        raise AccessRefused("Only a supervisor, custodian or auditor signs a review.", "Ask a supervisor.")
    store = session.trust.store
    for n in numbers(review.n):
        made = replace(review, n=n, made=now())
        try:
            store.get(path_of(made))
        except NotInStore:
            break
    document = encode(made)
    digest = sha256(rfc8785.dumps(document)).hexdigest()
    remarks = sum(bool(each.remark) for each in made.marked)
    session.journal.record(
        log_acts.LogReviewed(made.n, made.person, made.since, made.until, made.entries, remarks, digest)
    ).result()
    data = envelope.sign(DOCUMENT, document, session.user.id, keys.signing)
    write_atomically(session.room.folder / FOLDER / f"{made.n}.json", data)
    put_waiting(session)
    return made


def put_waiting(session: Session) -> int:
    """Put what was signed while the store did not answer. Returns how many. Raises StoreUnreachable, NotTrusted where
    another review took its number."""
    done = 0
    for file in sorted((session.room.folder / FOLDER).glob("*.json")):
        path, data = f"{FOLDER}/{session.user.id}/{file.name}", file.read_bytes()
        try:
            session.trust.store.put_if_absent(path, data)
        except AlreadyInStore:
            if session.trust.store.get(path) != data:
                raise NotTrusted(f"{path} holds another review.", "Tell the custodian; yours is kept here.") from None
        file.unlink()
        done += 1
    return done
