"""Three people write one case, offline and online in any order: all end with the same case, equal to a rebuild.

Everything is as in the program: journals, a store, publishing, following, case keys that change when somebody is taken
off. What is compared is every row and every entry, read from each one's own two files; and the same folded once more
from the logs alone, in another order, into one file.
"""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Verifier
from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.case_acts import THINGS, AllegationSet, ComplaintSet, LinesSet, ThingSet
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services import custody
from reviewer.services.bodies import body_key
from reviewer.services.rebuild import rebuild
from tests.services.agency import CASE, NOW, keys
from tests.services.case_team import ARO, SALO, STATIONS, TEAM, VIRTA, Investigator, team, team_agency

_WHO = st.sampled_from(sorted(TEAM))
_KINDS = st.sampled_from([AllegationSet, ComplaintSet, LinesSet])  # one code for all: few, so that people meet
_VERBS = st.sampled_from(["add", "change", "change", "change", "withdraw", "restore", "undo", "redo"])
_FIELDS = st.sampled_from(["text", "number"])
_VALUES = st.sampled_from(["", "1", "2", "a bag", "חולצה", "for\nagainst"])
_WHICH = st.integers(0, 1)
Shown = tuple[dict[str, Any], dict[str, Any], tuple[Bookmark, ...], tuple[Bookmark, ...]]


class Together(RuleBasedStateMachine):
    """Any interleaving of what three people do. `teardown` brings them together and compares."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="reviewer-together-"))
        self.agency = team_agency(self.folder)
        self.people = team(self.agency)
        self.is_on = True

    # What they write

    @rule(who=_WHO, verb=_VERBS, kind=_KINDS, which=_WHICH, field=_FIELDS, value=_VALUES)
    def writes(self, who: str, verb: str, kind: type[ThingSet], which: int, field: str, value: str) -> None:
        file = self.people[who].file
        known = [each.id for each in file.things(kind, withdrawn=verb == "restore")]
        future: Future[Any] | None = None
        if verb in ("undo", "redo"):
            future = file.undo() if verb == "undo" else file.redo()
        elif kind is ComplaintSet or (known and verb == "change"):
            id_ = "" if kind is ComplaintSet else known[which % len(known)]
            file.change(kind, id_, {field: value}).result()
            now = file.thing(kind, id_)
            assert now is None or now.get(field) == value, "what one writes stands after what one saw"
        elif known and verb != "add":
            future = (file.withdraw if verb == "withdraw" else file.restore)(kind, known[which % len(known)])
        else:
            future = file.add(kind, {field: value})
        if future is not None:
            future.result()

    @rule(who=_WHO, verb=_VERBS, which=_WHICH, text=_VALUES)
    def marks(self, who: str, verb: str, which: int, text: str) -> None:
        notes = self.people[who].notes
        known = self.people[who].reading.bookmarks(CASE, withdrawn=verb == "restore")
        future: Future[Any] | None = None
        if verb in ("undo", "redo"):
            future = notes.undo() if verb == "undo" else notes.redo()
        elif known and verb == "change":
            future = notes.change(known[which % len(known)], text=text, kind="injury")
        elif known and verb != "add":
            future = (notes.withdraw if verb == "withdraw" else notes.restore)(known[which % len(known)])
        else:
            place, start = Utc(NOW + which * SECOND), Micros(which * SECOND)
            on = (Mark("rec-1", 0, start, start),) if which % 2 else ()
            future = notes.add(TimeRange(place, place), on, "force", text)
        if future is not None:
            future.result()

    # Coming and going

    @rule(who=_WHO, how=st.sampled_from(["sends", "follows", "syncs", "all"]))
    def meets(self, who: str, how: str) -> None:
        for each in self.people.values() if how == "all" else [self.people[who]]:
            if how == "sends":
                each.sends()
            elif how == "follows":
                found = each.follows()
                assert found.trouble is None and not found.problems, found
            else:
                each.syncs()

    @rule(who=_WHO)
    def goes_and_comes_back(self, who: str) -> None:
        if who == VIRTA:
            self.is_put_on()
        self.people[who].leaves()
        self.people[who] = Investigator(self.agency, who, STATIONS[who]).sits_down()

    @rule(hears=st.booleans())
    def is_taken_off(self, hears: bool) -> None:
        """M. Virta goes, perhaps without hearing of it; what the others write from now on is under another key."""
        if self.is_on:
            custody.take_off(self.people[ARO].trust, CASE, VIRTA, keys(ARO), "another case", now=lambda: NOW)
            self.is_on = False
            for who in (SALO, ARO):
                self.people[who].sits_down()
        if hears:
            self.people[SALO].sends()
            self.people[VIRTA].follows()

    @rule()
    def is_put_on(self) -> None:
        if not self.is_on:
            order = self.agency.order("rec-1", members=TEAM)
            custody.assign(self.people[ARO].trust, order, keys(ARO), keys("custody"), now=lambda: NOW)
            self.is_on = True

    # All together

    def teardown(self) -> None:
        if not hasattr(self, "people"):
            return
        try:
            self.is_put_on()
            for _ in range(2):
                for each in self.people.values():
                    each.syncs()
            folded = {who: each.case_as_folded() for who, each in self.people.items()}
            assert folded[SALO] == folded[VIRTA] == folded[ARO]
            shown = {who: _shown(each.room.records, each.room.others) for who, each in self.people.items()}
            assert shown[SALO] == shown[VIRTA] == shown[ARO]
            self._are_a_rebuild(folded[SALO], shown[SALO])
        finally:
            for each in self.people.values():
                each.leaves()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _are_a_rebuild(self, folded: dict[str, list[Any]], shown: Shown) -> None:
        """The same comes of reading everything again: the store's logs, one's own, and all entries in one file."""
        for each in self.people.values():
            each.following.start_again()
            assert each.follows().problems == ()
            assert each.case_as_folded() == folded
            before = _tables(each.room.records)
            each.leaves()
            with closing(open_database(each.room.records)) as conn:
                logs = [SqliteLog.read(conn, o, _verifier(each, o)) for o in SqliteLog.origins(conn)]
                own = {log.origin: body_key(each.keys.signing, log.origin) for log in logs}
                rebuild(conn, logs, partial(_keys_for, each, own))
            assert _tables(each.room.records) == before
        one = self.folder / "one.sqlite"
        with closing(open_database(one)) as conn, closing(Queries(*_files(self.people[SALO]))) as queries:
            entries = sorted(_entries(queries), key=lambda pair: (pair[1].index, pair[1].origin), reverse=True)
            projections.rebuild(conn, entries)
            conn.commit()
        assert _shown(one) == shown


def _files(desk: Investigator) -> tuple[Path, Path]:
    return desk.room.records, desk.room.others


def _verifier(desk: Investigator, origin: str) -> Verifier:
    return Verifier(origin, desk.keys.signing.public_key().public_bytes_raw())


def _keys_for(desk: Investigator, own: dict[str, bytes], origin: str, case: str | None) -> tuple[bytes, ...]:
    return (*(desk.grants.case_keys(case) if case else ()), own[origin])


def _entries(queries: Queries) -> list[Any]:
    return [
        (e.event, e.meta) for e in queries.entries(EntryFilter(case=CASE), limit=100_000) if "/work/" in e.meta.origin
    ]


def _shown(records: Path, others: Path | None = None) -> Shown:
    """The case as its screens read it."""
    with closing(Queries(records, others)) as queries:
        things = {kind.SUBJECT: queries.things(CASE, kind) for kind in THINGS}
        edits = {kind.SUBJECT: queries.edits(CASE, kind) for kind in THINGS}
        return things, edits, queries.bookmarks(CASE), queries.bookmarks(CASE, withdrawn=True)


def _tables(records: Path) -> dict[str, list[Any]]:
    with closing(open_database(records)) as conn:
        return {table: sorted(conn.execute(f"SELECT * FROM {table}"), key=repr) for table in projections.TABLES}  # noqa: S608 - names from projections


TestTogether = Together.TestCase
TestTogether.settings = settings(max_examples=12 if settings.default.derandomize else 400, stateful_step_count=30)
