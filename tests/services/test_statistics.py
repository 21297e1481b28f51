"""A year in numbers, from what was written, signed and decided on cases by people at workstations of their own."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from reviewer.domain.case_acts import AllegationSet, ComplaintSet
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.report_acts import StatisticsExported
from reviewer.domain.timebase import parse_rfc3339
from reviewer.domain.wording import LocalZone
from reviewer.records.queries import EntryFilter
from reviewer.services.statistics import save, to_report, year_of, years
from tests.services.agency import NOW, Agency
from tests.services.case_team import ARO, SALO, Investigator, team, team_agency

ZONE = LocalZone.named("Europe/Helsinki")
IMPRINT = ("Helsinki", "S. Aro 0102", NOW)


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return team_agency(tmp_path)


@pytest.fixture
def people(agency: Agency) -> Iterator[dict[str, Investigator]]:
    desks = team(agency)
    yield desks
    for desk in desks.values():
        desk.leaves()


def _complains(desk: Investigator, received: str) -> None:
    desk.file.change(ComplaintSet, "", {"received": received, "way": "letter"}).result()
    for policy in ("force", "force", "an old policy"):
        desk.file.add(AllegationSet, {"title": "Alleged", "policy": policy}).result()


def test_a_complaint_counts_in_the_year_of_its_zone(agency: Agency, people: dict[str, Investigator]) -> None:
    _complains(people[SALO], "2025-12-31T22:30:00Z")  # half past midnight in Helsinki
    people[SALO].syncs()
    people[ARO].syncs()
    queries = people[ARO].reading
    found = year_of(agency.trust(), queries, ARO, 2026, ZONE)
    received, ended, _lengths, doings = found.told(for_public=False)
    january = next(row for row in received.rows if row[0] == "Jan")
    assert january[received.head.index("Letter")] == "1"
    assert [row[-1] for row in ended.rows if row[0] in ("Use of force", "An old policy", "All")] == ["2", "1", "3"]
    assert ended.rows[-1][ended.head.index("Not decided")] == "3"
    assert doings.rows[0][0] == "Recordings taken in"
    before = year_of(agency.trust(), queries, ARO, 2025, ZONE).told(for_public=False)
    assert before[0].rows[-1][-1] == "0"
    assert years(queries, [people[ARO].case], parse_rfc3339("2027-06-01T00:00:00Z"), ZONE) == (2027, 2026)


def test_for_the_public_small_counts_are_left_out(agency: Agency, people: dict[str, Investigator]) -> None:
    _complains(people[SALO], "2026-03-01T12:00:00Z")
    found = year_of(agency.trust(), people[SALO].reading, SALO, 2026, ZONE)
    received = found.told(for_public=True)[0]
    march = next(row for row in received.rows if row[0] == "Mar")
    assert march[received.head.index("Letter")] == "<5"
    assert march[-1] == received.rows[-1][-1] == "·"
    assert received.left_out == 1


def test_it_is_logged_before_it_leaves(agency: Agency, people: dict[str, Investigator], tmp_path: Path) -> None:
    desk = people[SALO]
    found = year_of(agency.trust(), desk.reading, SALO, 2026, ZONE)
    report = to_report(found, IMPRINT, for_public=True)
    path = save(found, report, tmp_path / "year.csv", desk.journal.record, for_public=True)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    assert rows[0][0] == "table"
    (entry,) = desk.reading.entries(EntryFilter(kinds=(StatisticsExported.KIND,)))
    assert isinstance(entry.event, StatisticsExported)
    assert (entry.event.version, entry.meta.case) == ("public", None)
    assert entry.event.sha256 == sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ReviewerError, match=r"not written as “\.exe”"):
        save(found, report, tmp_path / "year.exe", desk.journal.record, for_public=True)
    assert not (tmp_path / "year.exe").exists()


def test_counting_can_be_stopped(agency: Agency, people: dict[str, Investigator]) -> None:
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(Cancelled):
        year_of(agency.trust(), people[SALO].reading, SALO, 2026, ZONE, cancel=stopped)


def test_whoever_is_on_no_case_counts_nothing(agency: Agency, people: dict[str, Investigator]) -> None:
    found = year_of(agency.trust(), people[SALO].reading, "falk", 2026, ZONE)
    assert (found.cases, found.elsewhere) == (0, 1)
    assert all(table.is_empty for table in found.tables[:3])
