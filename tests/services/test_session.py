from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.audit.log import SqliteLog
from reviewer.domain.errors import (
    AccessRefused,
    LogForked,
    LogUnwritable,
    NotInStore,
    NotTrusted,
    StoreUnreachable,
    WrongPassphrase,
)
from reviewer.domain.events import BookmarkWithdrawn, LogOnRefused
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.database import open_reader
from reviewer.records.queries import EntryFilter, Queries
from reviewer.sealing import keyring
from reviewer.services.disk import InUse
from reviewer.services.door import Door, LockedOut, station_room
from reviewer.services.session import Session, log_on, release
from tests.services.agency import CASE, Agency, keys, station_key

GOOD = "correct horse"


@pytest.fixture(scope="module")
def key_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Key files, made once: that takes time on purpose."""
    folder = tmp_path_factory.mktemp("keys")
    for who in ("salo", "aro", "hill"):
        keyring.save(folder / who, keys(who), GOOD)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def agency(tmp_path: Path, key_files: dict[str, bytes]) -> Agency:
    made = Agency(tmp_path)
    for who, data in key_files.items():
        keyring.write_private(made.workspace.key_file(who), data)
    keyring.save_station(made.workspace.station_key, station_key())
    return made


@pytest.fixture
def session(agency: Agency) -> Iterator[Session]:
    opened = _log_on(agency)
    yield opened
    opened.log_off()


def _log_on(agency: Agency, named: str = "K. Salo", passphrase: str = GOOD) -> Session:
    return log_on(agency.workspace, agency.trust(), named, passphrase, now=lambda: agency.now)


def _kinds(records: Path) -> list[str]:
    with closing(Queries(records)) as queries:
        return [entry.meta.kind for entry in reversed(queries.entries(EntryFilter()))]


def _refusals(agency: Agency) -> list[LogOnRefused]:
    with closing(Queries(station_room(agency.workspace).records)) as queries:
        events = [entry.event for entry in reversed(queries.entries(EntryFilter(kinds=("log_on_refused",))))]
    return [event for event in events if isinstance(event, LogOnRefused)]


def test_a_session_is_recorded_from_log_on_to_log_off(agency: Agency) -> None:
    session = _log_on(agency, "0417")
    assert (session.user.id, session.station.id, session.locked) == ("salo", "ws-1", False)
    with closing(session.queries()) as queries:
        assert queries.count(EntryFilter(kinds=("logged_on",))) == 1
    session.lock("idle").result()
    assert session.locked
    session.unlock(GOOD)
    assert not session.locked
    session.log_off()
    session.log_off()
    assert _kinds(session.room.records) == ["logged_on", "locked", "unlocked", "logged_off"]
    with pytest.raises(LogUnwritable):
        session.journal.record(BookmarkWithdrawn("c", "b")).result()


def test_a_wrong_passphrase_says_how_many_tries_are_left_and_is_in_the_stations_log(agency: Agency) -> None:
    with pytest.raises(WrongPassphrase) as refused:
        _log_on(agency, passphrase="wrong")
    assert str(refused.value) == "That passphrase does not open the key. 4 tries left, then locked until released."
    (refusal,) = _refusals(agency)
    assert (refusal.named, refusal.tries_left) == ("salo", 4)
    assert not agency.workspace.user("salo").records.exists()
    with closing(open_reader(station_room(agency.workspace).records)) as conn:
        assert SqliteLog.origins(conn) == ["helsinki.example/ws-1/station/access/1"]


def _lock_out(agency: Agency) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPassphrase, match=f"^.* {left} tr(y|ies) left"):
            _log_on(agency, passphrase="wrong")
    with pytest.raises(LockedOut, match="locked on this workstation after 5 wrong passphrases"):
        _log_on(agency, passphrase="wrong")


def test_five_wrong_tries_lock_until_a_supervisor_releases(agency: Agency) -> None:
    _lock_out(agency)
    agency.now = Utc(agency.now + 24 * 3600 * SECOND)
    with pytest.raises(LockedOut):
        _log_on(agency)
    _log_on(agency, "S. Aro").log_off()  # others are not locked
    with pytest.raises(AccessRefused, match="may not release"):
        release(agency.workspace, agency.trust(), "aro", "aro", GOOD, now=lambda: agency.now)
    with pytest.raises(WrongPassphrase):
        release(agency.workspace, agency.trust(), "salo", "aro", "wrong", now=lambda: agency.now)
    release(agency.workspace, agency.trust(), "salo", "aro", GOOD, now=lambda: agency.now)
    _log_on(agency).log_off()
    assert "log_on_released" in _kinds(station_room(agency.workspace).records)


def test_an_investigator_cannot_release_anybody(agency: Agency) -> None:
    with pytest.raises(AccessRefused, match=r"K. Salo may not release S. Aro\. Ask a supervisor"):
        release(agency.workspace, agency.trust(), "aro", "salo", GOOD)


def test_tries_are_forgotten_after_fifteen_minutes_and_after_a_good_one(agency: Agency) -> None:
    door = Door(agency.workspace, agency.trust(), now=lambda: agency.now)
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            _log_on(agency, passphrase="wrong")
    assert door.tries_left("salo") == 2
    agency.now = Utc(agency.now + 16 * 60 * SECOND)
    assert door.tries_left("salo") == 5
    with pytest.raises(WrongPassphrase):
        _log_on(agency, passphrase="wrong")
    agency.now = Utc(agency.now + SECOND)
    _log_on(agency).log_off()
    assert door.tries_left("salo") == 5


def test_wrong_tries_to_unlock_count_and_the_session_stays_locked(agency: Agency, session: Session) -> None:
    session.lock().result()
    with pytest.raises(WrongPassphrase, match="4 tries left"):
        session.unlock("wrong")
    assert session.locked


def test_what_was_typed_as_an_unknown_name_is_not_kept(agency: Agency) -> None:
    with pytest.raises(AccessRefused, match="Nobody in the roster has that name"):
        _log_on(agency, "hunter2")
    assert [r.named for r in _refusals(agency)] == ["(not in the roster)"]


def test_no_key_here_and_another_key_are_refused_and_recorded(agency: Agency) -> None:
    with pytest.raises(NotInStore, match="no key of this person"):
        _log_on(agency, "R. Falk")
    agency.workspace.key_file("aro").write_bytes(agency.workspace.key_file("hill").read_bytes())
    with pytest.raises(AccessRefused, match="another key for you"):
        _log_on(agency, "S. Aro")
    assert [(r.named, r.why) for r in _refusals(agency)] == [("falk", "no key here"), ("aro", "another key")]


def test_a_station_with_another_key_lets_nobody_in(agency: Agency) -> None:
    keyring.save_station(agency.workspace.station_key, station_key("ws-2"))
    with pytest.raises(NotTrusted, match="another key for Ingest 1"):
        _log_on(agency)


def test_a_second_window_of_the_same_person_is_refused(agency: Agency, session: Session) -> None:
    with pytest.raises(InUse, match="already open"):
        _log_on(agency)
    assert session.journal.failed is None


def test_opening_a_case_seals_its_entries_under_the_case_key_and_states_the_reason(
    agency: Agency, session: Session
) -> None:
    agency.recording("r1", b"footage")
    agency.assign("r1")
    assert session.open_case(CASE).case_id == CASE
    session.state_reason(CASE, "Complaint 12").result()
    session.journal.record(BookmarkWithdrawn(CASE, "b1")).result()
    with closing(session.queries()) as queries:
        assert queries.entries(EntryFilter(kinds=("bookmark_withdrawn",)))[0].meta.reason == "Complaint 12"
    session.log_off()
    again = _log_on(agency)  # and what only the case key opens is folded again
    again.log_off()


def test_a_case_of_others_is_denied_and_the_attempt_recorded(agency: Agency, session: Session) -> None:
    agency.recording("r1", b"footage")
    agency.assign("r1", members={"aro": Role.SUPERVISOR})
    with pytest.raises(AccessRefused, match="not assigned to you"):
        session.open_case(CASE)
    assert _kinds(session.room.records)[-1] == "access_denied"


def test_a_rolled_back_disk_is_refused_at_log_on(agency: Agency) -> None:
    first = _log_on(agency)
    first.log_off()
    kept = first.room.records.read_bytes()
    second = _log_on(agency)
    assert second.publisher.publish().trouble is None
    second.log_off()
    first.room.records.write_bytes(kept)
    with pytest.raises(LogForked, match=r"ROLLBACK: 3 entries .* are published, 2 are here\. Do not go on"):
        _log_on(agency)


def test_a_store_that_is_not_reached_stops_no_work_after_the_roster_is_known(agency: Agency) -> None:
    trust = agency.trust()
    trust.roster()
    agency.store.root.rename(agency.store.root.with_name("elsewhere"))
    session = log_on(agency.workspace, trust, "salo", GOOD)
    state = session.publisher.publish()
    assert isinstance(state.trouble, StoreUnreachable) and state.last_published is None
    session.log_off()
