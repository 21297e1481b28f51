"""Other people's logs, read from the store: what of them appears for whom, and what it takes to read on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import Cancelled, StoreUnreachable
from reviewer.domain.events import BookmarkChanged, LoggedOn
from reviewer.domain.roster import Role
from reviewer.records import followed, projections, union
from reviewer.records.database import open_reader
from reviewer.services import custody
from reviewer.services.following import Reading
from tests.services.agency import CASE, Agency, keys
from tests.services.following_room import Desk, agency_of, bookmark, reason, seen

INVESTIGATOR, SUPERVISOR = Role.INVESTIGATOR, Role.SUPERVISOR


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return agency_of(tmp_path)


@pytest.fixture
def salo(agency: Agency) -> Desk:
    """Has opened the case, watched five seconds and marked one."""
    return Desk(agency, "salo").opens().does(LoggedOn("salo", "ws-1"), reason(), *seen(0, 5), bookmark("door"))


def test_a_supervisor_on_the_case_sees_all_of_it_and_an_investigator_work_and_views(agency: Agency, salo: Desk) -> None:
    aro = Desk(agency, "aro").opens().does(reason(), *seen(5, 9), bookmark("arm"))
    found = aro.follows()
    assert (found.logs, found.people, found.problems, found.trouble, found.at) == (2, ("salo",), (), None, agency.now)
    opened = [("view_opened", True), ("view_closed", True)]
    # that salo logged on is seen, who with what is not: only a custody key opens bodies of no case
    assert aro.kinds("salo") == [("logged_on", False), ("reason_stated", True), *opened, ("bookmark_added", True)]
    assert aro.bookmarks() == ["arm", "door"]
    with aro.queries() as queries:
        assert sorted({w.user for w in queries.watched(CASE, "rec-1")}) == ["aro", "salo"]
    assert salo.follows().entries == 3
    assert salo.kinds("aro") == [*opened, ("bookmark_added", True)]
    assert salo.bookmarks() == ["arm", "door"]


def test_who_is_on_no_case_of_theirs_sees_nothing_or_as_a_custodian_the_open_parts(agency: Agency, salo: Desk) -> None:
    falk = Desk(agency, "falk")
    assert (falk.follows().logs, falk.entries()) == (0, [])
    hill = Desk(agency, "hill")
    assert hill.follows().entries == 5
    assert {opened for _, opened in hill.kinds("salo")} == {False}
    assert all(entry.meta.payload is None for entry in hill.entries())


def test_a_custody_key_opens_what_its_holder_oversees_and_what_it_opened_stays(agency: Agency, salo: Desk) -> None:
    hill = Desk(agency, "hill")
    hill.follows()
    assert hill.follows(custody=keys("custody")).problems == ()
    assert [opened for _, opened in hill.kinds("salo")] == [True] * 5
    salo.does(bookmark("later", 3))
    hill.follows()  # without it
    assert [opened for _, opened in hill.kinds("salo")] == [True] * 5 + [False]
    hill.follows(custody=keys("custody"))
    assert [opened for _, opened in hill.kinds("salo")] == [True] * 6


def test_only_what_is_new_is_read(agency: Agency, salo: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    salo.does(*(bookmark(f"b{n}", n) for n in range(600)))
    aro = Desk(agency, "aro")
    assert aro.follows().new == 605
    read = _reads(agency, monkeypatch)
    assert aro.follows().new == 0
    assert len([path for path in read if "ws-1/salo/" in path and path.endswith("checkpoint")]) == 2
    assert not [path for path in read if "tile" in path or "bodies" in path]
    salo.does(bookmark("one more"))
    read.clear()
    assert aro.follows().new == 1
    assert len([path for path in read if "/bodies/" in path]) == 1
    assert len([path for path in read if "/tile/entries/" in path]) == 1
    assert not any(each.endswith(("tile/entries/000", "tile/entries/001")) for each in read)


def _reads(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are read from the store from now on."""
    read: list[str] = []
    get = type(agency.store).get

    def counted(store: object, path: str) -> bytes:
        read.append(path)
        return get(store, path)  # type: ignore[arg-type]

    monkeypatch.setattr(type(agency.store), "get", counted)
    return read


def test_a_store_that_does_not_answer_leaves_what_was_there(
    agency: Agency, salo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    aro = Desk(agency, "aro").opens()
    before = aro.follows()
    salo.does(bookmark("two", 2))
    gone = StoreUnreachable("The store is away.", "Wait.")
    _fails(agency, monkeypatch, lambda path: gone if path.startswith("logs/") else None)
    offline = aro.follows()
    assert (offline.trouble, offline.entries, offline.problems) == (gone, before.entries, ())
    assert aro.following.known() == replace(before, new=0)
    monkeypatch.undo()
    assert aro.follows().new == 1
    assert aro.bookmarks() == ["door", "two"]


def _fails(agency: Agency, monkeypatch: pytest.MonkeyPatch, why: Callable[[str], Exception | None]) -> None:
    get = type(agency.store).get

    def failing(store: object, path: str) -> bytes:
        wrong = why(path)
        if wrong is not None:
            raise wrong
        return get(store, path)  # type: ignore[arg-type]

    monkeypatch.setattr(type(agency.store), "get", failing)


def test_a_store_that_goes_away_in_the_middle_is_gone_on_with(
    agency: Agency, salo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    salo.does(*(bookmark(f"b{n}", n) for n in range(1500)))
    aro = Desk(agency, "aro")
    gone = StoreUnreachable("The store is away.", "Wait.")
    bodies: list[str] = []

    def why(path: str) -> Exception | None:
        bodies.extend([path] if "/bodies/" in path else [])
        return gone if len(bodies) > 1200 else None

    _fails(agency, monkeypatch, why)
    half = aro.follows()
    assert half.trouble is gone
    assert 0 < half.entries < 1500
    monkeypatch.undo()
    whole = aro.follows()
    assert whole.entries == 1505
    assert whole.new == 1505 - half.entries
    assert _tables(aro) == _tables_from_nothing(agency)


def _tables(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Every table as its reader sees it: their own and what they follow."""
    conn = open_reader(desk.room.records)
    try:
        union.attach(conn, desk.room.others)
        names = projections.TABLES
        return {name: sorted(conn.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608 - names of tables
    finally:
        conn.close()


def _tables_from_nothing(agency: Agency, who: str = "aro") -> dict[str, list[tuple[object, ...]]]:
    fresh = Desk(agency, who, home="fresh")
    fresh.follows()
    return _tables(fresh)


def test_cancelled_in_the_middle_it_keeps_what_it_has_and_goes_on(agency: Agency, salo: Desk) -> None:
    salo.does(*(bookmark(f"b{n}", n) for n in range(2500)))
    aro, stop, told = Desk(agency, "aro"), threading.Event(), []

    def progress(now: Reading) -> None:
        told.append(now)
        if now.entries >= 1024:
            stop.set()

    with pytest.raises(Cancelled):
        aro.following.run(progress, stop, every=True)
    half = aro.following.known()
    assert (half.at, half.entries >= 1024) == (None, True)
    assert aro.follows().entries == 2505
    assert [each.size for each in told if each.entries] == [2501]
    assert _tables(aro) == _tables_from_nothing(agency)


def test_killed_while_it_folds_it_has_whole_batches_and_goes_on(agency: Agency, salo: Desk) -> None:
    salo.does(*(bookmark(f"b{n}", n) for n in range(2500)))
    child = multiprocessing.get_context("fork").Process(target=_follow_and_die, args=(agency, 1500))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    aro = Desk(agency, "aro")
    half = aro.following.known()
    assert half.entries == 4 + 1024  # the short log, and one whole batch of the long one
    assert aro.follows().entries == 2505
    assert _tables(aro) == _tables_from_nothing(agency)


def _follow_and_die(agency: Agency, after: int) -> None:
    """Follow as aro, and be killed inside the transaction that folds entry number `after`."""
    apply, folded = projections.apply, [0]

    def deadly(*args: Any) -> None:  # noqa: ANN401 - passed on
        folded[0] += 1
        if folded[0] > after:
            os.kill(os.getpid(), signal.SIGKILL)
        apply(*args)

    projections.apply = deadly
    Desk(agency, "aro").follows()


def test_what_is_assigned_later_is_read_again_and_what_is_taken_is_forgotten(agency: Agency, salo: Desk) -> None:
    hill = Desk(agency, "hill")
    hill.follows()
    assert hill.bookmarks() == []
    agency.assign("rec-1", members={"salo": INVESTIGATOR, "aro": SUPERVISOR, "hill": Role.CUSTODIAN})
    assert hill.follows().problems == ()
    assert hill.bookmarks() == ["door"]
    assert _tables(hill) == _tables_from_nothing(agency, "hill")
    aro = Desk(agency, "aro")
    aro.follows()
    assert len(aro.entries(case=CASE)) == 4
    agency.assign("rec-1", members={"salo": INVESTIGATOR})
    aro.follows()
    assert (aro.entries(case=CASE), aro.bookmarks()) == ([], [])
    assert "door" not in aro.room.others.read_bytes().decode(errors="replace")
    assert aro.kinds("salo") == [("logged_on", False)]
    agency.assign("rec-1")
    aro.follows()
    assert len(aro.entries(case=CASE)) == 4
    assert aro.bookmarks() == ["door"]
    assert _tables(aro) == _tables_from_nothing(agency)


def test_a_smaller_role_on_the_case_sees_less_of_it(agency: Agency, salo: Desk) -> None:
    people = {"salo": INVESTIGATOR, "aro": SUPERVISOR}
    hill = Desk(agency, "hill")
    agency.assign("rec-1", members={**people, "hill": Role.CUSTODIAN})
    hill.follows()
    assert [opened for _, opened in hill.kinds("salo")] == [False, True, True, True, True]
    agency.assign("rec-1", members=people)
    hill.follows()
    assert [opened for _, opened in hill.kinds("salo")] == [False] * 5


def test_an_assignment_that_ran_out_ends_it(agency: Agency, salo: Desk) -> None:
    aro = Desk(agency, "aro")
    aro.follows()
    order = replace(agency.order("rec-1"), expires=agency.now + 10)
    custody.assign(agency.trust(), order, keys("aro"), keys("custody"), now=lambda: agency.now)
    aro.follows()
    assert aro.bookmarks() == ["door"]
    agency.now += 11
    aro.follows()
    assert aro.bookmarks() == []


def test_forgetting_a_case_while_it_is_followed_folds_no_more_of_it(agency: Agency, salo: Desk) -> None:
    salo.does(*(bookmark(f"b{n}", n) for n in range(2500)))
    aro = Desk(agency, "aro")

    def progress(now: Reading) -> None:
        if now.entries >= 1024:
            aro.following.forget(CASE)

    aro.following.run(progress, every=True)
    assert aro.entries(case=CASE) == []
    aro.follows()  # the assignment still names them: it is read again
    assert len(aro.entries(case=CASE)) == 2504


def test_what_is_done_after_following_comes_after_what_was_seen(agency: Agency, salo: Desk) -> None:
    """A change of a colleague's bookmark wins over it although this person's own clock had counted less."""
    salo.does(*(bookmark(f"b{n}", n) for n in range(40)))
    aro = Desk(agency, "aro").opens()
    aro.follows()
    moment, force = "moment", "force"
    aro.does(BookmarkChanged(CASE, "b-door", force, "gate", moment, "door"))
    assert "gate" in aro.bookmarks()
    salo.follows()
    assert "gate" in salo.bookmarks()
    again = Desk(agency, "aro", home="ws-1")
    lamports = [e.meta.lamport for e in again.entries(user="aro")]
    assert lamports[0] > max(e.meta.lamport for e in again.entries(user="salo"))


def test_ones_own_log_at_another_workstation_is_ones_own(agency: Agency, salo: Desk) -> None:
    other = Desk(agency, "salo", station="ws-2")
    assert other.follows().entries == 5
    assert all(opened for _, opened in other.kinds("salo"))
    assert other.bookmarks() == ["door"]
    assert salo.follows().logs == 0  # what is written here is here


def test_started_again_everything_is_read_anew_and_checkpoints_are_kept(agency: Agency, salo: Desk) -> None:
    aro = Desk(agency, "aro")
    aro.follows()
    before = _tables(aro)
    aro.following.start_again()
    emptied = aro.following.known()
    assert (emptied.entries, emptied.logs) == (0, 2)
    aro.follows()
    assert _tables(aro) == before
    aro.room.others.write_bytes(b"no database at all" * 100)
    for left in aro.room.folder.glob("others.sqlite-*"):
        left.unlink()
    aro.following.start_again()
    aro.follows()
    assert _tables(aro) == before
    assert (aro.room.folder / "damaged-others.sqlite").exists()


def test_folding_as_it_comes_is_folding_all_at_once(agency: Agency, salo: Desk) -> None:
    """Three people who write and follow in turns hold what somebody holds who reads all of it at the end."""
    agency.assign("rec-1", members={"salo": INVESTIGATOR, "aro": SUPERVISOR, "hill": Role.CUSTODIAN})
    desks = [salo.opens(), Desk(agency, "aro").opens(), Desk(agency, "hill").opens()]
    for turn in range(6):
        for n, desk in enumerate(desks):
            desk.does(bookmark(f"{desk.who} {turn}", turn), *seen(turn, turn + 1, span=f"{desk.who}-{turn}"))
            if (turn + n) % 2:
                desk.follows()
    for desk in desks:
        assert desk.follows().problems == ()
        assert _tables(desk) == _tables_from_nothing(agency, desk.who)
    assert len({tuple(desk.bookmarks()) for desk in desks}) == 1
    with desks[1].queries() as queries:
        assert {w.user for w in queries.watched(CASE, "rec-1")} == {"salo", "aro", "hill"}


def test_logs_that_may_begin_are_asked_for_in_turn(agency: Agency, salo: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.services.following._UNKNOWN_A_RUN", 3)
    aro = Desk(agency, "aro")
    assert max(aro.following.run().logs for _ in range(4)) == 2
    assert aro.follows().logs == 2


def test_the_file_says_how_far_and_as_whom_each_case_was_read(agency: Agency, salo: Desk) -> None:
    aro = Desk(agency, "aro")
    aro.follows()
    conn = followed.open_followed(aro.room.others)
    try:
        states = followed.states(conn)
        assert {each.folded for each in states.values()} == {1, 4}
        assert all(each.folded == each.size for each in states.values())
        (work,) = (origin for origin in states if origin.split("/")[3] == "work")
        assert {case: scope.standing for case, scope in followed.scopes(conn, work).items()} == {CASE: "leads"}
        assert followed.highest(conn) == 5
    finally:
        conn.close()
