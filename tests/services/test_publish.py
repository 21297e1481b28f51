from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.entry import Entry
from reviewer.audit.note import Verifier, raw_public
from reviewer.audit.tiles import body_path, unpack_entries
from reviewer.audit.witness import Cosigner
from reviewer.domain.codec import encode
from reviewer.domain.errors import LogForked, StoreUnreachable
from reviewer.domain.events import BookmarkWithdrawn, CaseSynced, LogName
from reviewer.domain.roster import Roster, Witness
from reviewer.services.bodies import open_body, open_body_key
from reviewer.services.journal import Journal, origin_of
from reviewer.services.logcheck import log_keys, verify_store
from reviewer.services.publish import OwnLog, Publisher
from reviewer.stores.folder import FolderStore
from tests.services.agency import NAME, Agency, flip, keys

ORIGINS = {log: origin_of(NAME, "ws-1", "salo", log) for log in LogName}
WORK = ORIGINS[LogName.WORK]


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "records.sqlite", ORIGINS, keys("salo").signing)) as opened:
        yield opened


def _roster(agency: Agency) -> Roster:
    return agency.trust().roster()


def _publisher(agency: Agency, journal: Journal) -> Publisher:
    custody = _roster(agency).custody_keys
    own = [OwnLog(origin, keys("salo").signing, custody) for origin in ORIGINS.values()]
    return Publisher(journal.path, own, agency.store, now=lambda: agency.now)


def _record(journal: Journal, count: int) -> None:
    for future in [journal.record(BookmarkWithdrawn("c1", f"b{n}")) for n in range(count)]:
        future.result()


def _work(agency: Agency, path: str) -> Path:
    return agency.store.root / "logs" / WORK / path


def test_what_is_published_verifies_from_public_keys_alone(agency: Agency, journal: Journal) -> None:
    _record(journal, 300)
    journal.record(CaseSynced("c1", 1, 1)).result()
    state = _publisher(agency, journal).publish()
    assert (state.trouble, state.last_published, state.waiting) == (None, agency.now, 0)
    report = verify_store(agency.store, _roster(agency))
    assert report.ok, report
    assert encode(report)["ok"] is True  # it goes to the command line as JSON
    assert [(log.origin, log.size, log.bodies, log.bodies_missing) for log in report.logs] == [
        (ORIGINS[LogName.ACCESS], 1, 1, 0),
        (WORK, 300, 300, 0),
    ]


def test_publishing_goes_on_from_where_the_store_is(agency: Agency, journal: Journal) -> None:
    publisher = _publisher(agency, journal)
    for count in (3, 260, 1):
        _record(journal, count)
        assert publisher.publish().trouble is None
        assert verify_store(agency.store, _roster(agency)).ok
    before = sorted(agency.store.list("logs"))
    assert publisher.publish().trouble is None
    assert sorted(agency.store.list("logs")) == before
    assert {p.name for p in _work(agency, "checkpoints").iterdir()} == {"3", "263", "264"}


def test_a_store_that_goes_away_halfway_is_kept_for_later(agency: Agency, journal: Journal) -> None:
    _record(journal, 20)

    class Failing(FolderStore):
        left = 15

        def put_if_absent(self, path: str, source: object) -> None:
            self.left -= 1
            if self.left < 0:
                raise StoreUnreachable("The store did not answer.", "Try again.")
            super().put_if_absent(path, source)  # type: ignore[arg-type]

    custody = _roster(agency).custody_keys
    own = [OwnLog(WORK, keys("salo").signing, custody)]
    first = Publisher(journal.path, own, Failing(agency.store.root)).publish()
    assert isinstance(first.trouble, StoreUnreachable) and first.waiting == 20
    assert _publisher(agency, journal).publish().trouble is None
    assert verify_store(agency.store, _roster(agency)).ok


def test_custody_can_open_what_is_of_no_open_case(agency: Agency, journal: Journal) -> None:
    _record(journal, 1)
    _publisher(agency, journal).publish()
    user = _roster(agency).user("salo")
    assert user is not None
    sealed = _work(agency, "bodykey.json").read_bytes()
    key = open_body_key(sealed, WORK, raw_public(user.signing_key), keys("custody"))
    (data,) = unpack_entries(_work(agency, "tile/entries/000.p/1").read_bytes())
    entry = Entry.from_bytes(data)
    payload = open_body(_work(agency, body_path(entry.body)).read_bytes(), entry.body, [key])
    assert json.loads(payload or b"") == {"case": "c1", "id": "b0"}


def test_a_changed_published_entry_is_named_and_the_other_log_stays_good(agency: Agency, journal: Journal) -> None:
    _record(journal, 5)
    journal.record(CaseSynced("c1", 1, 1)).result()
    _publisher(agency, journal).publish()
    bundle = _work(agency, "tile/entries/000.p/5")
    entries = unpack_entries(bundle.read_bytes())
    changed = bundle.read_bytes().replace(entries[3], entries[3].replace(b"c1", b"c2"))
    bundle.write_bytes(changed)
    report = verify_store(agency.store, _roster(agency))
    assert not report.ok
    access, work = report.logs
    assert access.ok and not work.ok
    assert any("entry 3" in problem and "tile/entries/000.p/5" in problem for problem in work.problems), work.problems


def test_a_removed_body_is_counted_and_the_log_still_verifies(agency: Agency, journal: Journal) -> None:
    _record(journal, 2)
    _publisher(agency, journal).publish()
    next(p for p in _work(agency, "bodies").rglob("*") if p.is_file()).unlink()
    report = verify_store(agency.store, _roster(agency))
    assert report.ok
    assert (report.logs[0].bodies, report.logs[0].bodies_missing) == (1, 1)


def test_a_body_key_of_somebody_else_and_a_log_of_nobody_are_said(agency: Agency, journal: Journal) -> None:
    _record(journal, 1)
    _publisher(agency, journal).publish()
    flip(_work(agency, "bodykey.json"), at=30)
    strange = agency.store.root / "logs" / NAME / "ws-1" / "mallory" / "work" / "1" / "checkpoint"
    strange.parent.mkdir(parents=True)
    strange.write_bytes(b"x")
    report = verify_store(agency.store, _roster(agency))
    assert not report.ok
    assert report.logs[0].problems[0].startswith("bodykey.json: ")
    assert "mallory" in report.problems[0].path


def test_an_empty_store_is_not_called_whole(agency: Agency) -> None:
    assert not verify_store(agency.store, _roster(agency)).ok


def test_another_log_of_the_same_name_is_a_fork_and_nothing_is_overwritten(agency: Agency, journal: Journal) -> None:
    _record(journal, 2)
    _publisher(agency, journal).publish()
    checkpoint = _work(agency, "checkpoint").read_bytes()
    with closing(Journal(agency.folder / "restored.sqlite", ORIGINS, keys("salo").signing)) as restored:
        _record(restored, 3)
        publisher = _publisher(agency, restored)
        with pytest.raises(LogForked, match="FORK: the first 2 entries"):
            publisher.publish()
        assert isinstance(publisher.state.trouble, LogForked)
    assert _work(agency, "checkpoint").read_bytes() == checkpoint


def test_outside_verifiers_are_told_keys_witnesses_and_quorum(agency: Agency, journal: Journal) -> None:
    _record(journal, 1)
    _publisher(agency, journal).publish()
    cosigner = Cosigner("witness.example", Ed25519PrivateKey.generate())
    roster = _roster(agency)
    witnessed = replace(roster, witnesses=(Witness("witness.example", cosigner.vkey),), quorum=1)
    assert not verify_store(agency.store, witnessed).ok
    log = Verifier(WORK, keys("salo").public.signing)
    note = cosigner.cosign(_work(agency, "checkpoint").read_bytes(), log, 1_781_380_900)
    agency.store.put_if_absent(f"witness/witness.example/{WORK}", note)
    assert verify_store(agency.store, witnessed).logs[0].witnessed == 1
    found = log_keys(agency.store, witnessed)
    assert [(key.origin, key.dir, key.cosigned) for key in found.logs] == [(WORK, f"logs/{WORK}", True)]
    assert found.logs[0].vkey.startswith(f"{WORK}+")
    assert (found.witnesses[0].name, found.quorum) == ("witness.example", 1)
