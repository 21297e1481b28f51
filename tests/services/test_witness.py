"""A witness at work: what it says, what it refuses and keeps, and what it does when its disk or clock fails it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from reviewer.audit.note import Verifier
from reviewer.audit.witness import Cosigner
from reviewer.domain.errors import MalformedDocument, NotInStore, ReviewerError, StoreUnreachable
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import SECOND, Utc
from reviewer.sealing import keyring
from reviewer.services import witness_policy
from reviewer.services.disk import InUse
from reviewer.services.logcheck import log_keys, verify_store
from reviewer.services.revoking import revoke_key
from reviewer.services.witness import WitnessFolder, WitnessJob
from reviewer.services.witnessing import standing
from tests.services.agency import flip, root_key
from tests.services.witness_site import ACCESS, Site

HOUR = 3600 * SECOND


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def _later(site: Site, seconds: int) -> None:
    site.now = Utc(site.now + seconds * SECOND)


def _said(site: Site, name: str = "records-01") -> bytes:
    return (site.store.root / "witness" / name / ACCESS).read_bytes()


def _snapshot(site: Site) -> dict[str, bytes]:
    return {p: site.store.get(p) for p in site.store.list("logs")}


def _put_back(site: Site, files: dict[str, bytes]) -> None:
    """Somebody who may write to the store brings an older state of it back."""
    for path in list(site.store.list("logs")):
        (site.store.root / path).unlink()
    for path, data in files.items():
        target = site.store.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def test_what_is_published_is_witnessed_and_everybody_can_tell(site: Site) -> None:
    job = site.witness("records-01")
    assert job.named
    site.write(3)
    assert not verify_store(site.store, site.trust().roster()).ok  # a quorum is demanded and nobody has seen it
    found = job.run()
    assert (found.logs, found.cosigned, found.refused, found.troubles) == (1, (ACCESS,), (), ())
    report = verify_store(site.store, site.trust().roster())
    assert report.ok, report
    assert [log.witnessed for log in report.logs] == [3]
    said = standing(site.trust(), ACCESS)
    assert (said.size, said.at, said.quorum, said.of) == (3, site.now, 1, 1)
    assert [said.times(index) for index in (0, 2, 3)] == [1, 1, 0]
    site.write(300)
    _later(site, 60)
    assert job.run().cosigned == (ACCESS,)
    assert standing(site.trust(), ACCESS).size == 303
    assert job.run().cosigned == ()  # nothing new to say


def test_a_log_that_stands_still_is_seen_again_before_its_word_grows_old(site: Site) -> None:
    job = site.witness("records-01")
    site.write(1)
    job.run()
    _later(site, 11 * 3600)
    assert job.run().cosigned == ()
    assert site.job("records-01").run().cosigned == ()  # nor does a new process say it again
    _later(site, 2 * 3600)
    assert job.run().cosigned == (ACCESS,)
    assert standing(site.trust(), ACCESS).at == site.now


def test_a_rollback_is_refused_kept_and_published(site: Site) -> None:
    job = site.witness("records-01")
    site.write(3)
    before = _snapshot(site)
    site.write(5)
    job.run()
    said = _said(site)
    _put_back(site, before)
    (refusal,) = job.run().refused
    assert (refusal.kind, refusal.seen, refusal.kept, refusal.new) == ("ROLLBACK", 3, 8, True)
    assert "8 entries" in refusal.why and "only 3" in refusal.why
    assert _said(site) == said
    kept = json.loads(site.store.get(refusal.path))
    assert kept["kept"].encode() == said  # in the witness's own hand
    assert kept["seen"].encode() == before[f"logs/{ACCESS}/checkpoint"]
    assert (kept["origin"], kept["kind"], kept["witness"]) == (ACCESS, "ROLLBACK", "records-01")
    (again,) = site.job("records-01").run().refused
    assert not again.new
    assert any("ROLLBACK" in p for log in verify_store(site.store, site.trust().roster()).logs for p in log.problems)


def test_a_history_that_was_written_anew_is_a_fork_also_with_the_logs_own_key(site: Site) -> None:
    job = site.witness("records-01")
    site.write(4)
    job.run()
    _put_back(site, {})
    other = site.folder / "rewritten" / "records.sqlite"
    _later(site, 1)
    site.record(6, other)
    site.publish(other)
    (refusal,) = job.run().refused
    assert (refusal.kind, refusal.seen, refusal.kept) == ("FORK", 6, 4)
    assert standing(site.trust(), ACCESS).size == 4
    (also,) = site.witness("records-02").run().refused  # one that comes later asks what others have seen
    assert also.kind == "FORK"


def test_damaged_files_are_no_fork_and_nothing_is_said_of_them(site: Site) -> None:
    job = site.witness("records-01")
    site.write(3)
    job.run()
    site.write(2)
    flip(site.log_file(ACCESS, "tile/0/000.p/5"))
    found = job.run()
    assert (found.cosigned, found.refused) == ((), ())
    assert "do not come to the root" in found.troubles[0].message
    assert standing(site.trust(), ACCESS).size == 3


def test_a_lost_folder_is_taken_up_from_what_the_witness_said(site: Site) -> None:
    job = site.witness("records-01")
    site.write(3)
    before = _snapshot(site)
    site.write(5)
    job.run()
    for file in (site.folder / "records-01" / "seen").iterdir():
        file.unlink()
    _put_back(site, before)
    (refusal,) = site.job("records-01").run().refused
    assert (refusal.kind, refusal.kept) == ("ROLLBACK", 8)


def test_a_state_that_cannot_be_read_is_no_first_sight(site: Site) -> None:
    job = site.witness("records-01")
    site.write(3)
    job.run()
    (state,) = (site.folder / "records-01" / "seen").iterdir()
    state.write_bytes(b"{")
    site.write(1)
    found = job.run()
    assert found.cosigned == ()
    assert str(state) in found.troubles[0].next_step
    state.unlink()
    assert site.job("records-01").run().cosigned == (ACCESS,)


def test_a_disk_that_cannot_keep_what_was_seen_means_no_cosignature(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = site.witness("records-01")
    site.write(3)
    job.run()
    said, kept = _said(site), (site.folder / "records-01" / "seen")
    before = {p.name: p.read_bytes() for p in kept.iterdir()}
    site.write(2)
    for call in ("fsync", "replace"):
        with monkeypatch.context() as broken:

            def fails(*_args: object, **_kwargs: object) -> None:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

            broken.setattr(os if call == "fsync" else Path, call, fails)
            with pytest.raises(ReviewerError, match="Input/output error"):
                job.run()
        assert _said(site) == said
        if call == "replace":
            assert {p.name: p.read_bytes() for p in kept.iterdir()} == before
    assert job.run().cosigned == (ACCESS,)


def test_a_crash_between_state_and_cosignature_is_made_good(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    job = site.witness("records-01")
    site.write(3)

    def gone(_path: str, _data: bytes) -> None:
        raise StoreUnreachable("The store went away.", "Try again.")

    with monkeypatch.context() as broken:
        broken.setattr(job._trust.store, "replace", gone)
        with pytest.raises(StoreUnreachable):
            job.run()
    assert len(list((site.folder / "records-01" / "seen").iterdir())) == 1
    assert standing(site.trust(), ACCESS).at is None
    assert site.job("records-01").run().cosigned == (ACCESS,)


def test_a_clock_that_went_back_is_said_and_one_that_is_ahead_is_seen(site: Site) -> None:
    job = site.witness("records-01")
    site.write(1)
    _later(site, 3 * 3600)
    job.run()
    ahead = site.now
    _later(site, -3 * 3600)
    site.write(1)
    found = job.run()
    assert found.cosigned == () and "clock stands 10800 s before" in found.troubles[0].message
    assert standing(site.trust(), ACCESS).at == ahead  # the app says how far ahead of its own clock that is


def test_two_of_one_folder_never_run_at_once(site: Site) -> None:
    site.witness("records-01")
    with WitnessFolder(site.folder / "records-01").lock(), pytest.raises(InUse):
        site.job("records-01").run()


def test_a_workstations_own_word_does_not_count_for_its_logs(site: Site) -> None:
    site.write(3)
    own, other = site.witness("ws-1"), site.witness("ws-2")
    roster = site.trust().roster()
    assert [(w.name, w.station) for w in roster.witnesses] == [("ws-1", "ws-1"), ("ws-2", "ws-2")]
    assert own.run().cosigned == (ACCESS,)
    said = standing(site.trust(), ACCESS)
    assert (said.of, said.at, said.seen) == (1, None, ())
    assert not verify_store(site.store, roster).ok
    assert not any(key.cosigned for key in log_keys(site.store, roster).logs)
    other.run()
    assert standing(site.trust(), ACCESS).size == 3
    assert verify_store(site.store, roster).ok


def test_a_quorum_has_seen_what_so_many_have_seen(site: Site) -> None:
    first, second = site.witness("records-01"), site.witness("records-02")
    witness_policy.change_policy(site.trust(), root_key(), quorum=2)
    site.write(3)
    first.run()
    assert standing(site.trust(), ACCESS).at is None
    second.run()
    site.write(4)
    at = site.now
    _later(site, 60)
    first.run()
    said = standing(site.trust(), ACCESS)
    assert (said.size, said.at) == (3, at)
    assert [(c.name, c.size) for c in said.seen] == [("records-01", 7), ("records-02", 3)]
    assert [said.times(i) for i in (2, 6)] == [2, 1]


def test_a_new_key_takes_over_what_the_old_one_saw(site: Site) -> None:
    site.witness("records-01").run()
    site.write(5)
    site.job("records-01").run()
    folder = WitnessFolder(site.folder / "records-01")
    with pytest.raises(ReviewerError, match="already"):
        folder.make_key("records-01")
    vkey = folder.make_key("records-01", again=True)
    assert not site.job("records-01").named
    witness_policy.add_witness(site.trust(), root_key(), vkey)
    assert standing(site.trust(), ACCESS).at is None  # the old key's word counts no more
    assert site.job("records-01").run().cosigned == (ACCESS,)
    assert standing(site.trust(), ACCESS).size == 5


def test_a_stranger_in_a_witness_s_place_is_not_believed(site: Site) -> None:
    site.witness("records-01").run()
    site.write(5)
    site.job("records-01").run()
    thief = Cosigner("records-01", keyring.new_keys("x").signing)
    log = Verifier(ACCESS, site.salo_key())
    forged = thief.cosign(site.log_file(ACCESS, "checkpoint").read_bytes(), log, 2)
    (site.store.root / "witness" / "records-01" / ACCESS).write_bytes(forged)
    said = standing(site.trust(), ACCESS)
    assert (said.at, said.seen) == (None, ())
    assert "What records-01 says" in said.problems[0]


def test_who_is_no_witness_is_refused_in_words(site: Site) -> None:
    trust, root = site.trust(), root_key()
    with pytest.raises(MalformedDocument, match="no witness’s key"):
        witness_policy.add_witness(trust, root, "x+y+z")
    with pytest.raises(ReviewerError, match="no witness nobody"):
        witness_policy.remove_witness(trust, root, "nobody")
    with pytest.raises(ReviewerError, match="names no witness"):
        witness_policy.change_policy(trust, root, quorum=1)
    vkey = WitnessFolder(site.folder / "w").make_key("records-01")
    with pytest.raises(ReviewerError, match="no workstation ws-9"):
        witness_policy.add_witness(trust, root, vkey, station="ws-9")
    with pytest.raises(ReviewerError, match="could never have that quorum of 2"):
        witness_policy.add_witness(trust, root, vkey, quorum=2)
    witness_policy.add_witness(trust, root, vkey)
    with pytest.raises(ReviewerError, match="stop before it warns"):
        witness_policy.change_policy(trust, root, warn_hours=80)
    with pytest.raises(NotInStore, match="no witness in"):
        WitnessJob(WitnessFolder(site.folder / "nobody"), trust)
    with pytest.raises(ReviewerError, match="cannot be a witness’s name"):
        WitnessFolder(site.folder / "bad").make_key("a/b")
    roster = witness_policy.change_policy(trust, root, warn_hours=12, stop_hours=0)
    assert (roster.quorum, roster.warn_after, roster.stop_after) == (1, 12 * HOUR, 0)
    gone: Roster = witness_policy.remove_witness(trust, root, "records-01")
    assert (gone.witnesses, gone.quorum) == ((), 0)


def test_what_a_revoked_key_signed_beyond_the_rosters_limit_is_not_cosigned(site: Site) -> None:
    job = site.witness("records-01")
    site.write(3)
    assert job.run().cosigned == (ACCESS,)
    revoke_key(site.trust(), root_key(), "salo", now=lambda: site.now)
    job = site.job("records-01")  # with the roster of now
    _later(site, 13 * 3600)
    assert job.run().cosigned == (ACCESS,)  # as far as it counts
    site.write(2)  # whoever has the key
    found = job.run()
    (trouble,) = found.troubles
    assert (found.cosigned, found.refused) == ((), ())
    assert trouble.message == "Its key was revoked, and of its 5 entries the first 3 count."
    assert standing(site.trust(), ACCESS).size == 3
