"""A key that was stolen counts up to a size; one that was lost is followed by logs that name what it left."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier
from reviewer.domain.acts import RosterSigned
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkWithdrawn, LogName
from reviewer.domain.machine_acts import EpochBegun
from reviewer.domain.roster import FormerKey, LogSize, Roster
from reviewer.records.database import open_reader
from reviewer.records.queries import EntryFilter, LogEntry, Queries
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys, new_keys
from reviewer.services import custody
from reviewer.services.journal import Journal, origin_of
from reviewer.services.logcheck import StoreReport, verify_store
from reviewer.services.publish import OwnLog, Publisher
from reviewer.services.revoking import revoke_key
from reviewer.services.session import Session, log_on
from tests.services.agency import NAME, Agency, keys, root_key, station_key
from tests.services.test_taking_off import Book

WHO = "correct horse"
ACCESS, WORK = (origin_of(NAME, "ws-1", "salo", log) for log in (LogName.ACCESS, LogName.WORK))


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    keyring.save_station(made.workspace.station_key, station_key())
    return made


def _log_on(agency: Agency, who: PrivateKeys) -> Session:
    keyring.save(agency.workspace.key_file(who.user), who, WHO)
    return log_on(agency.workspace, agency.trust(), who.user, WHO, now=lambda: agency.now)


def _works(agency: Agency, who: PrivateKeys, entries: int = 2, *, publishes: bool = True) -> None:
    session = _log_on(agency, who)
    for n in range(entries):
        session.journal.record(BookmarkWithdrawn("c1", f"b{n}")).result()
    session.log_off()
    if publishes:
        assert session.publisher.publish().trouble is None


def _report(agency: Agency) -> StoreReport:
    return verify_store(agency.store, agency.trust().roster())


def _problems(agency: Agency, origin: str) -> tuple[str, ...]:
    return next(log.problems for log in _report(agency).logs if log.origin == origin)


def _entries(records: Path, origin: str) -> list[LogEntry]:
    with closing(Queries(records)) as queries:
        found = [e for e in queries.entries(EntryFilter()) if e.meta.origin == origin]
    return sorted(found, key=lambda entry: entry.meta.index)


class Thief:
    """Has the key and a copy of the log, at home."""

    def __init__(self, agency: Agency, folder: Path) -> None:
        self._agency, self._records = agency, folder / "stolen.sqlite"
        self._records.write_bytes(agency.workspace.user("salo").records.read_bytes())

    def writes(self) -> None:
        who = keys("salo").signing
        origins = {LogName.ACCESS: ACCESS, LogName.WORK: WORK}
        with closing(Journal(self._records, origins, who, now=lambda: self._agency.now)) as journal:
            journal.record(BookmarkWithdrawn("c1", "never by salo")).result()
        own = [OwnLog(origin, who, ()) for origin in origins.values()]
        assert Publisher(self._records, own, self._agency.store).publish().trouble is None


def test_what_a_stolen_key_signs_after_it_was_revoked_is_refused_by_whoever_verifies(
    agency: Agency, tmp_path: Path
) -> None:
    _works(agency, keys("salo"))
    thief, book = Thief(agency, tmp_path), Book()
    roster, sizes = revoke_key(agency.trust(), root_key(), "salo", record=book, now=lambda: agency.now)
    assert [(s.origin, s.size) for s in sizes] == [(ACCESS, 2), (WORK, 2)]
    (event,) = book.events
    assert isinstance(event, RosterSigned)
    assert event.what == f"Key 1 of K. Salo (salo) is revoked: {ACCESS} at 2, {WORK} at 2."
    assert roster.user("salo") is None
    assert _report(agency).ok
    thief.writes()
    assert _problems(agency, ACCESS) == ()
    (problem,) = _problems(agency, WORK)
    assert problem.startswith("REVOKED: 2 entries count, and 3 are published")


def test_what_a_thief_published_before_is_cut_off_at_an_earlier_published_size(agency: Agency, tmp_path: Path) -> None:
    _works(agency, keys("salo"))
    Thief(agency, tmp_path).writes()
    with pytest.raises(ReviewerError, match="was never published with 1 entries"):
        revoke_key(agency.trust(), root_key(), "salo", up_to={WORK: 1})
    with pytest.raises(ReviewerError, match="is no log of this key"):
        revoke_key(agency.trust(), root_key(), "salo", up_to={WORK.replace("salo", "aro"): 1})
    revoke_key(agency.trust(), root_key(), "salo", up_to={WORK: 2})
    (problem,) = _problems(agency, WORK)
    assert problem.startswith("REVOKED: 2 entries count, and 3 are published")


def test_a_log_that_a_thief_begins_elsewhere_counts_for_nothing(agency: Agency, tmp_path: Path) -> None:
    revoke_key(agency.trust(), root_key(), "salo")
    records = agency.workspace.user("salo").records
    with closing(Journal(records, {LogName.WORK: WORK}, keys("salo").signing)) as journal:
        journal.record(BookmarkWithdrawn("c1", "b")).result()
    Publisher(records, [OwnLog(WORK, keys("salo").signing, ())], agency.store).publish()
    assert _problems(agency, WORK)[0].startswith("REVOKED: 0 entries count, and 1 are published")


def test_another_history_of_the_same_length_is_not_what_the_roster_names(agency: Agency, tmp_path: Path) -> None:
    _works(agency, keys("salo"))
    revoke_key(agency.trust(), root_key(), "salo")
    for file in (agency.store.root / "logs" / WORK).rglob("*"):
        if file.is_file():
            file.unlink()
    records = tmp_path / "forged.sqlite"
    with closing(Journal(records, {LogName.WORK: WORK}, keys("salo").signing)) as journal:
        for _ in range(2):
            journal.record(BookmarkWithdrawn("c1", "forged")).result()
    Publisher(records, [OwnLog(WORK, keys("salo").signing, ())], agency.store).publish()
    assert _problems(agency, WORK) == ("FORK: the first 2 entries are not those that the roster names.",)


def test_new_keys_go_on_under_the_next_epoch_and_name_what_the_roster_says_of_the_old_logs(agency: Agency) -> None:
    _works(agency, keys("salo"), 3)
    _works(agency, keys("salo"), 1, publishes=False)  # not published: not known to be theirs
    fresh = new_keys("salo")
    roster, sizes = revoke_key(agency.trust(), root_key(), "salo", keys=fresh.public, now=lambda: agency.now)
    user = roster.user("salo")
    assert user is not None and user.epoch == 2 and user.former[0].sizes == sizes
    _works(agency, fresh)
    first = _entries(agency.workspace.user("salo").records, origin_of(NAME, "ws-1", "salo", LogName.ACCESS, 2))[0]
    assert isinstance(first.event, EpochBegun)
    assert [(f.origin, f.size, f.root, f.published) for f in first.event.former] == [
        (size.origin, size.size, size.root, True) for size in sizes
    ]
    report = _report(agency)
    assert report.ok
    assert {log.origin: log.size for log in report.logs}[WORK] == 3  # what a revoked key signed is published no further


def test_a_key_that_was_found_to_be_stolen_later_is_revoked_by_its_epoch(agency: Agency) -> None:
    _works(agency, keys("salo"))
    fresh = new_keys("salo")
    custody.rotate_keys(agency.trust(), root_key(), fresh.public, now=lambda: agency.now)
    roster, sizes = revoke_key(agency.trust(), root_key(), "salo", epoch=1)
    user = roster.user("salo")
    assert user is not None and user.roles and user.former[0].sizes == sizes
    with pytest.raises(ReviewerError, match="never had a key 7"):
        revoke_key(agency.trust(), root_key(), "salo", epoch=7)
    _works(agency, fresh)
    assert _report(agency).ok


def test_after_a_lost_key_the_first_entry_names_how_far_the_old_logs_reach_here(agency: Agency) -> None:
    _works(agency, keys("salo"), 3)
    _works(agency, keys("salo"), 1, publishes=False)
    fresh = new_keys("salo")
    custody.rotate_keys(agency.trust(), root_key(), fresh.public, now=lambda: agency.now)
    for _ in range(2):
        _works(agency, fresh)
    records = agency.workspace.user("salo").records
    entries = _entries(records, origin_of(NAME, "ws-1", "salo", LogName.ACCESS, 2))
    assert [e.meta.kind for e in entries].count("epoch_begun") == 1
    begun = entries[0].event
    assert isinstance(begun, EpochBegun) and begun.epoch == 2
    assert [(f.origin, f.size, f.published) for f in begun.former] == [(ACCESS, 4, False), (WORK, 4, False)]
    with closing(open_reader(records)) as conn:
        old = SqliteLog.read(conn, WORK, Verifier(WORK, keys("salo").public.signing))
        assert begun.former[1].root == old.root.hex()


def test_after_a_lost_disk_it_is_what_was_published_and_after_a_fork_as_well(agency: Agency, tmp_path: Path) -> None:
    _works(agency, keys("salo"), 3)
    kept = (tmp_path / "old.sqlite", agency.workspace.user("salo").records)
    kept[0].write_bytes(kept[1].read_bytes())
    _works(agency, keys("salo"), 2)
    kept[1].write_bytes(kept[0].read_bytes())  # a rolled-back disk: the store knows more
    fresh = new_keys("salo")
    custody.rotate_keys(agency.trust(), root_key(), fresh.public, now=lambda: agency.now)
    _works(agency, fresh)
    begun = _entries(kept[1], origin_of(NAME, "ws-1", "salo", LogName.ACCESS, 2))[0].event
    assert isinstance(begun, EpochBegun)
    assert [(f.origin, f.size, f.published) for f in begun.former] == [(ACCESS, 4, True), (WORK, 5, True)]


def test_what_the_old_key_signed_and_nobody_published_is_published_under_the_new_one(agency: Agency) -> None:
    _works(agency, keys("salo"), 3)
    _works(agency, keys("salo"), 2, publishes=False)
    fresh = new_keys("salo")
    custody.rotate_keys(agency.trust(), root_key(), fresh.public, now=lambda: agency.now)
    _works(agency, fresh)
    report = _report(agency)
    assert report.ok, report
    sizes = {log.origin: (log.size, log.bodies, log.bodies_missing) for log in report.logs}
    assert sizes[ACCESS] == (4, 4, 0) and sizes[WORK] == (5, 5, 0)
    assert len(sizes) == 4


def test_a_log_that_was_never_published_before_its_key_was_lost_lacks_its_body_key_and_that_is_said(
    agency: Agency,
) -> None:
    _works(agency, keys("salo"), 2, publishes=False)
    fresh = new_keys("salo")
    custody.rotate_keys(agency.trust(), root_key(), fresh.public, now=lambda: agency.now)
    _works(agency, fresh)
    (problem,) = _problems(agency, WORK)
    assert problem == "bodykey.json is missing: custody cannot open the bodies that are of no case."
    assert _problems(agency, origin_of(NAME, "ws-1", "salo", LogName.WORK, 2)) == ()


def test_rosters_from_before_are_read_and_a_first_key_begins_without_a_word(agency: Agency) -> None:
    old = encode(FormerKey("k", agency.now))
    assert "sizes" not in old and decode(FormerKey, old).sizes is None
    none = FormerKey("k", agency.now, sizes=())
    assert decode(FormerKey, encode(none)) == none
    some = FormerKey("k", agency.now, sizes=(LogSize("a/b/c/work/1", 3, "ff"),))
    assert decode(FormerKey, encode(some)) == some
    roster = agency.trust().roster()
    assert isinstance(roster, Roster) and roster.limit(WORK) is None and roster.limit("nonsense") is None
    _works(agency, keys("salo"))
    assert _entries(agency.workspace.user("salo").records, ACCESS)[0].meta.kind == "logged_on"
