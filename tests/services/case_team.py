"""Two investigators and a supervisor on one case, each at a workstation of their own, over one store."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reviewer.domain.roster import Role
from reviewer.records.queries import Queries
from reviewer.services import custody
from reviewer.services.annotation import Annotations
from reviewer.services.case import CaseFile
from tests.services.agency import CASE, NAME, Agency, keys, station_key
from tests.services.following_room import Desk

SALO, VIRTA, ARO = "salo", "virta", "aro"
TEAM = {SALO: Role.INVESTIGATOR, VIRTA: Role.INVESTIGATOR, ARO: Role.SUPERVISOR}
STATIONS = {SALO: "ws-1", VIRTA: "ws-2", ARO: "ws-3"}
_OF_EVERYBODY = ("facts", "bookmarks", "bookmark_fields")


def team_agency(folder: Path, *recordings: str, case: str = CASE) -> Agency:
    """The small agency with a second investigator and three workstations; the case is assigned to the three."""
    agency = Agency(folder)
    roster = agency.trust().roster()
    more = [custody.station_entry(NAME, ws, f"Desk {ws}", station_key(ws)) for ws in ("ws-2", "ws-3")]
    virta = custody.user_entry(NAME, keys(VIRTA).public, "M. Virta", "0388", [Role.INVESTIGATOR])
    newer = replace(roster, version=2, users=(*roster.users, virta), workstations=(*roster.workstations, *more))
    agency.put_roster(newer)
    wanted = recordings or ("rec-1",)
    for each in wanted:
        agency.recording(each, each.encode())
    agency.assign(*wanted, members=TEAM, case=case)
    return agency


class Investigator(Desk):
    """Somebody of the team at work on the case: writes it, and reads it as all logs that came here make it."""

    case: str = CASE

    def sits_down(self, case: str = CASE) -> Investigator:
        """The case is open here."""
        self.case = case
        self.opens(case)
        return self

    @cached_property
    def reading(self) -> Queries:
        return Queries(self.room.records, self.room.others)

    @cached_property
    def file(self) -> CaseFile:
        return CaseFile(self.journal.record, self.reading, self.case)

    @cached_property
    def notes(self) -> Annotations:
        return Annotations(self.journal.record, self.reading, self.case)

    def sends(self) -> None:
        """What was written here goes to the store."""
        assert self.publisher.publish().trouble is None

    def syncs(self) -> None:
        """It goes to the store, and what the others sent comes here."""
        self.sends()
        found = self.follows()
        assert found.trouble is None
        assert not found.problems

    def leaves(self) -> None:
        """Close everything; what was recorded is on the disk."""
        for each in ("reading", "file", "notes"):
            if each == "reading" and each in self.__dict__:
                self.reading.close()
            self.__dict__.pop(each, None)
        self.journal.close()

    def case_as_folded(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that anybody wrote of the case: what stands, with who set it, and every entry with its body."""
        with closing(Queries(self.room.records, self.room.others)) as queries:
            assert queries.followed
            rows = queries._conn.execute
            found = {
                table: sorted(rows(f"SELECT * FROM {table} WHERE case_id=?", (self.case,)))  # noqa: S608 - names from here
                for table in _OF_EVERYBODY
            }
            work = "SELECT * FROM entries WHERE case_id=? AND origin LIKE '%/work/%' ORDER BY lamport, origin, idx"
            return found | {"entries": list(rows(work, (self.case,)))}


def team(agency: Agency, case: str = CASE) -> dict[str, Investigator]:
    """The three, with the case open; all have looked at the store once."""
    desks = {who: Investigator(agency, who, station) for who, station in STATIONS.items()}
    for desk in desks.values():
        desk.sits_down(case)
    return desks
