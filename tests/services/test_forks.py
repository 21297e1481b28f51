"""Two copies of one log, a disk that was put back, a store that is out of reach: nobody goes on with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import LogForked
from reviewer.domain.events import BookmarkWithdrawn, LogName
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys, new_keys
from reviewer.services import custody
from reviewer.services.journal import Journal, origin_of
from reviewer.services.logcheck import verify_store
from reviewer.services.publish import OwnLog, Publisher
from reviewer.services.session import Session, log_on
from reviewer.stores.folder import FolderStore
from tests.services.agency import NAME, Agency, keys, root_key, station_key

WHO = "correct horse"
WORK = origin_of(NAME, "ws-1", "salo", LogName.WORK)


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[Agency]:
    made = Agency(tmp_path)
    keyring.save_station(made.workspace.station_key, station_key())
    keyring.save(made.workspace.key_file("salo"), keys("salo"), WHO)
    yield made


def _log_on(agency: Agency) -> Session:
    return log_on(agency.workspace, agency.trust(), "salo", WHO, now=lambda: agency.now)


def _leaves(session: Session) -> None:
    session.log_off()
    assert session.publisher.publish().trouble is None


def _restored(agency: Agency) -> None:
    """The disk is put back to how it was a session ago, which is published."""
    _leaves(_log_on(agency))
    records = agency.workspace.user("salo").records
    kept = records.read_bytes()
    _leaves(_log_on(agency))
    records.write_bytes(kept)


class _Copy:
    """The log on one of two machines that were made from one disk."""

    def __init__(self, agency: Agency, name: str, store: FolderStore) -> None:
        self._path, self._store = agency.folder / f"{name}.sqlite", store
        self._who: PrivateKeys = keys("salo")

    def records(self, *names: str) -> None:
        with closing(Journal(self._path, {LogName.WORK: WORK}, self._who.signing)) as journal:
            for name in names:
                journal.record(BookmarkWithdrawn("c1", name)).result()

    def publishes(self) -> None:
        trouble = Publisher(self._path, [OwnLog(WORK, self._who.signing, ())], self._store).publish().trouble
        assert trouble is None, trouble


def test_two_copies_that_both_write_are_found_by_the_one_that_publishes_second(agency: Agency) -> None:
    one, two = (_Copy(agency, name, agency.store) for name in ("one", "two"))
    one.records("a", "b")
    two.records("c", "d", "e")
    one.publishes()
    with pytest.raises(LogForked, match=r"FORK: the first 2 entries .* Do not go on; tell the custodian"):
        two.publishes()
    one.records("f")
    one.publishes()  # whoever was first goes on


class _Slow(FolderStore):
    """A store that lets a checkpoint be moved only when it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.go = threading.Event()
        self.came = threading.Event()

    def replace(self, path: str, data: bytes) -> None:
        self.came.set()
        assert self.go.wait(20)
        super().replace(path, data)


def test_two_copies_that_publish_in_the_same_moment_are_found_at_the_next_one_and_by_whoever_verifies(
    agency: Agency,
) -> None:
    slow = _Slow(agency.store.root)
    one, two = _Copy(agency, "one", slow), _Copy(agency, "two", agency.store)
    one.records("a", "b")
    two.records("c", "d", "e")
    first = threading.Thread(target=one.publishes)
    first.start()
    assert slow.came.wait(20)
    two.publishes()
    slow.go.set()
    first.join(20)
    with pytest.raises(LogForked, match="FORK"):
        two.publishes()
    (log,) = (log for log in verify_store(agency.store, agency.trust().roster()).logs if log.origin == WORK)
    assert any("checkpoints/3" in problem for problem in log.problems), log.problems


def test_a_fork_that_was_found_stays_one_when_the_store_is_out_of_reach(agency: Agency) -> None:
    _restored(agency)
    with pytest.raises(LogForked, match="ROLLBACK"):
        _log_on(agency)
    store, away = agency.store.root, agency.store.root.with_name("away")
    trust = agency.trust()
    trust.roster()
    store.rename(away)
    with pytest.raises(LogForked, match=r"ROLLBACK: .* Do not go on; tell the custodian"):
        log_on(agency.workspace, trust, "salo", WHO, now=lambda: agency.now)
    away.rename(store)


def test_a_store_that_agrees_again_is_believed(agency: Agency) -> None:
    _leaves(_log_on(agency))
    checkpoint = agency.store.root / "logs" / WORK.replace("work", "access") / "checkpoint"
    right = checkpoint.read_bytes()
    checkpoint.write_bytes(b"nonsense\n")
    with pytest.raises(LogForked, match="FORK"):
        _log_on(agency)
    checkpoint.write_bytes(right)
    _leaves(_log_on(agency))
    trust = agency.trust()
    trust.roster()
    agency.store.root.rename(agency.store.root.with_name("away"))
    log_on(agency.workspace, trust, "salo", WHO, now=lambda: agency.now).log_off()


def test_new_keys_are_the_way_on_after_a_rollback(agency: Agency) -> None:
    _restored(agency)
    with pytest.raises(LogForked, match="ROLLBACK"):
        _log_on(agency)
    fresh = new_keys("salo")
    custody.rotate_keys(agency.trust(), root_key(), fresh.public, now=lambda: agency.now)
    keyring.save(agency.workspace.key_file("salo"), fresh, WHO)
    _leaves(_log_on(agency))
    assert verify_store(agency.store, agency.trust().roster()).ok
