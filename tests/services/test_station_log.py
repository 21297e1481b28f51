"""What a workstation does by itself stands in its own log: durable when it says so, published, verified by anybody."""

from __future__ import annotations

from pathlib import Path

from reviewer.domain.events import IntakeBegun
from reviewer.sealing import keyring
from reviewer.services import logcheck
from reviewer.services.station_log import StationLog
from tests.services.agency import Agency, station_key

BEGUN = IntakeBegun("DOCK/CARD", 1, 2, 3, "dock")


def test_what_is_recorded_is_published_and_anybody_can_check_it(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    keyring.save_station(agency.workspace.station_key, station_key())
    log = StationLog(agency.workspace, agency.trust())
    first, second = log.record(BEGUN).result(), log.record(BEGUN).result()
    assert (first.event, second.index) == (BEGUN, first.index + 1)
    log.publish()
    report = logcheck.verify_store(agency.store, agency.trust().roster())
    assert report.ok
    assert [(each.entries, each.size) for each in report.logs] == [(2, 2)]
