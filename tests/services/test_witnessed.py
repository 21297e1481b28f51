"""What a session makes of its witnesses: the age of what nobody has seen, the limit, and a log that is not the one
they saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.audit.note import Verifier
from reviewer.domain.errors import LogForked, StoreUnreachable
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services import witness_policy
from reviewer.services.trust import Trust
from reviewer.services.witnessed import Level, NotWitnessed, Watch, Witnessed
from reviewer.stores.folder import FolderStore
from tests.services.agency import root_key
from tests.services.witness_site import ACCESS, ORIGINS, Site

HOUR = 3600 * SECOND


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


class Away(FolderStore):
    """A store that answers while it is let."""

    away = False

    def get(self, path: str) -> bytes:
        if self.away:
            raise StoreUnreachable("The store is not reached.", "Try again.")
        return super().get(path)


def _session(site: Site, trust: Trust | None = None) -> Witnessed:
    verifiers = tuple(Verifier(origin, site.salo_key()) for origin in ORIGINS.values())
    return Witnessed(site.records, verifiers, trust or site.trust(), now=lambda: site.now)


def _level(site: Site, watch: Watch, hours: float) -> Level:
    return watch.level(Utc(site.now + round(hours * HOUR)))


def test_without_a_witness_it_is_said_and_nothing_stops(site: Site) -> None:
    site.write(3)
    session = _session(site)
    watch = session.look()
    assert (watch.demanded, watch.unseen, watch.at) == (False, 3, None)
    assert _level(site, watch, 1000) is Level.UNDEMANDED
    site.now = Utc(site.now + 1000 * HOUR)
    assert session.refusal() is None


def test_the_oldest_entry_that_nobody_saw_is_what_grows_old(site: Site) -> None:
    job = site.witness("records-01")
    site.write(3)
    session = _session(site)
    watch = session.look()
    assert (watch.unseen, watch.since, watch.at) == (3, site.now, None)
    assert [_level(site, watch, h) for h in (0, 24, 24.1, 72, 72.1)] == [
        Level.WELL,
        Level.WELL,
        Level.WARNED,
        Level.WARNED,
        Level.STOPPED,
    ]
    job.run()
    watch = session.look()
    assert (watch.unseen, watch.since, watch.at) == (0, None, site.now)
    site.now = Utc(site.now + 1000 * HOUR)  # somebody was away: nothing was written that nobody saw
    site.record(1)
    watch = session.look()
    assert (watch.unseen, watch.since) == (1, site.now)
    assert _level(site, watch, 23) is Level.WELL
    assert _level(site, watch, 73) is Level.STOPPED


def test_past_the_limit_the_refusal_says_what_to_do(site: Site) -> None:
    site.witness("records-01")
    site.write(2)
    session = _session(site)
    session.look()
    site.now = Utc(site.now + 73 * HOUR)
    refused = session.refusal()
    assert isinstance(refused, NotWitnessed)
    assert refused.message == "No witness has seen this log for 73 h; 72 h is the limit."
    assert refused.next_step == "Connect to the store so that a witness can see the log, or ask the custodian."
    witness_policy.change_policy(site.trust(), root_key(), stop_hours=0)
    fresh = _session(site)
    fresh.look()
    assert fresh.refusal() is None
    assert fresh.watch.level(site.now) is Level.WARNED


def test_a_clock_that_was_set_back_makes_nothing_young(site: Site) -> None:
    site.witness("records-01")
    site.write(1)
    site.now = Utc(site.now + 73 * HOUR)
    site.record(1)
    site.now = Utc(site.now - 73 * HOUR)
    session = _session(site)
    session.look()
    assert session.refusal() is not None


def test_what_witnesses_said_is_known_without_the_store(site: Site) -> None:
    site.witness("records-01").run()
    site.write(4)
    site.job("records-01").run()
    store = Away(site.store.root)
    trust = Trust(store, site.root, site.workspace, now=lambda: site.now)
    assert _session(site, trust).look().unseen == 0
    store.away = True
    watch = _session(site, trust).look()
    assert (watch.reached, watch.unseen, watch.at) == (False, 0, site.now)
    kept = site.records.with_name("witnessed.json")
    kept.write_text(kept.read_text().replace("\\n4\\n", "\\n9\\n"))  # by hand: signatures tell
    watch = _session(site, trust).look()
    assert watch.unseen == 4 and watch.problems
    kept.write_bytes(b"x")
    assert _session(site, trust).look().unseen == 4
    store.away = False
    assert _session(site, trust).look().unseen == 0


def test_a_store_that_gives_an_older_word_loses_nothing(site: Site) -> None:
    job = site.witness("records-01")
    site.write(2)
    job.run()
    file = site.store.root / "witness" / "records-01" / ACCESS
    older = file.read_bytes()
    site.write(3)
    job.run()
    session = _session(site)
    assert session.look().unseen == 0
    file.write_bytes(older)
    assert session.look().unseen == 0


@pytest.fixture
def rolled_back(site: Site) -> Iterator[Path]:
    """The disk as it was before the last entries, and the published log put back to the same: only the witness knows
    more."""
    job = site.witness("records-01")
    site.write(2)
    snapshot = {p: p.read_bytes() for p in site.records.parent.iterdir() if p.name != "witnessed.json"}
    site.write(3)
    job.run()
    for path in list(site.store.list("logs")):
        (site.store.root / path).unlink()
    for path in list(site.records.parent.iterdir()):
        path.unlink()
    for path, data in snapshot.items():
        path.write_bytes(data)
    yield site.records


def test_a_log_that_is_shorter_than_what_was_seen_is_refused(site: Site, rolled_back: Path) -> None:
    with pytest.raises(LogForked, match=r"ROLLBACK: records-01 has seen 5 entries of .* 2 are here"):
        _session(site).look()


def test_a_log_that_says_something_else_is_refused(site: Site, rolled_back: Path) -> None:
    site.now = Utc(site.now + SECOND)
    site.record(7)
    with pytest.raises(LogForked, match=r"FORK: the first 5 entries of .* are not those that records-01 has seen"):
        _session(site).look()
