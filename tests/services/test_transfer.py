"""One object, its ranges in any order: nothing is asked for twice, and it goes on after a cut at any byte."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import IntegrityError
from reviewer.domain.events import Event, ObjectQuarantined
from reviewer.services import part_map, transfer
from reviewer.services.holding import ObjectState, states_of
from reviewer.services.ledger import Ledger
from reviewer.services.part_map import PartMap, read_map
from reviewer.services.quarantine import Item
from reviewer.services.ranges import Ranges
from reviewer.services.transfer import Transfer, bytes_here
from reviewer.services.workspace import Workspace

PIECE = 2 << 20
SIZE = 3 * PIECE + 12_345
WHOLE = os.urandom(SIZE)
ITEM = Item(sha256(WHOLE).hexdigest(), SIZE, "r1", "Ofc. A. Niemi 2214, part 1")
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PIECE", PIECE)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def begun(workspace: Workspace, version: str | None = "v1", item: Item = ITEM) -> Transfer:
    made = Transfer(workspace, item)
    made.open(version)
    return made


def claims(growing: Transfer) -> Iterator[tuple[int, int]]:
    while (piece := growing.claim()) is not None:
        yield piece


def filled(growing: Transfer, order: random.Random | None = None, step: int = 700_000) -> int:
    """Bring all that is missing, in any order. Returns how many bytes that was."""
    pieces = [(a, min(a + step, stop)) for start, stop in claims(growing) for a in range(start, stop, step)]
    if order is not None:
        order.shuffle(pieces)
    for start, stop in pieces:
        growing.write(start, WHOLE[start:stop])
    return sum(stop - start for start, stop in pieces)


def ended(growing: Transfer, events: list[Event] | None = None) -> bool:
    while not growing.hashed:
        growing.hash_on()
    return growing.finish(Ledger(growing._workspace), (events if events is not None else []).append, "c")


def is_whole(workspace: Workspace) -> bool:
    left = {p.name for p in workspace.cached(ITEM.object).parent.iterdir()}
    return workspace.cached(ITEM.object).read_bytes() == WHOLE and left == {ITEM.object}


# -- ranges ----------------------------------------------------------------------------------------------------------

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


@given(spans, spans)
def test_ranges_are_sets_of_bytes(more: list[tuple[int, int]], less: list[tuple[int, int]]) -> None:
    ranges, bytes_ = Ranges(more), {b for start, stop in more for b in range(start, stop)}
    for start, stop in less:
        ranges.remove(start, stop)
        bytes_ -= set(range(start, stop))
    listed = list(ranges)
    assert {b for start, stop in listed for b in range(start, stop)} == bytes_
    assert all(start < stop for start, stop in listed)
    assert all(a[1] < b[0] for a, b in pairwise(listed))
    assert ranges.total == len(bytes_)
    assert ranges.front == next(b for b in range(62) if b not in bytes_)
    gap = ranges.gap(61)
    assert gap is not None and gap[0] == ranges.front
    assert gap[1] == next((b for b in range(gap[0], 61) if b in bytes_), 61)


# -- cuts and orders -------------------------------------------------------------------------------------------------


@few
@given(st.randoms(use_true_random=False), st.integers(10_000, 1_500_000))
def test_ranges_may_come_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, order: random.Random, step: int
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("order"))
    growing = begun(workspace)
    assert filled(growing, order, step) == SIZE
    assert ended(growing)
    assert is_whole(workspace)


@few
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, SIZE), min_size=1, max_size=5))
def test_it_goes_on_after_cuts_at_any_byte(
    tmp_path_factory: pytest.TempPathFactory, order: random.Random, cuts: list[int]
) -> None:
    """What an earlier run wrote is never asked for again, in whatever order it came and wherever it was cut."""
    workspace = Workspace(tmp_path_factory.mktemp("cut"))
    came = 0
    for cut in cuts:
        growing, left = begun(workspace), cut
        assert growing.here == came
        pieces = list(claims(growing))
        order.shuffle(pieces)
        for start, stop in pieces:
            stop = min(stop, start + left)
            if start < stop:
                growing.write(start, WHOLE[start:stop])
                left, came = left - (stop - start), came + (stop - start)
        if order.random() < 0.5:
            growing.hash_on()
        (status,) = states_of(workspace, [ITEM])
        assert (status.here, status.state is ObjectState.PARTIAL) == (came, came > 0)
        growing.close()  # as a kill does: nothing else is written
    growing = begun(workspace)
    assert filled(growing, order) == SIZE - came
    assert ended(growing)
    assert is_whole(workspace)


def test_a_claim_is_nobody_elses_until_it_is_given_back(workspace: Workspace) -> None:
    growing = begun(workspace)
    first, second = growing.claim(), growing.claim()
    assert first == (0, PIECE)
    assert second == (PIECE, 2 * PIECE)
    growing.write(0, WHOLE[:1000])
    growing.give_back((1000, PIECE))
    assert growing.claim() == (1000, PIECE)
    assert growing.claim() == (2 * PIECE, 3 * PIECE)


@pytest.mark.parametrize("cut", [0, 1, 1_000_000, SIZE - 1])
def test_a_part_without_a_map_is_a_beginning(workspace: Workspace, cut: int) -> None:
    workspace.partial(ITEM.object).parent.mkdir(parents=True)
    workspace.partial(ITEM.object).write_bytes(WHOLE[:cut])
    growing = begun(workspace)
    assert growing.here == cut
    assert filled(growing) == SIZE - cut
    assert ended(growing)
    assert is_whole(workspace)


# -- what is not right -----------------------------------------------------------------------------------------------


def test_bytes_of_another_version_are_not_gone_on_with(workspace: Workspace) -> None:
    growing = begun(workspace)
    growing.write(0, WHOLE[:500_000])
    growing.close()
    assert begun(workspace, "v2").here == 0


def test_bad_bytes_from_before_are_brought_again_once(workspace: Workspace) -> None:
    growing = begun(workspace)
    growing.write(0, b"\0" * 500_000)
    growing.close()
    growing = begun(workspace)
    filled(growing)
    assert not ended(growing)
    growing.begin_anew()
    assert growing.here == 0
    assert filled(growing) == SIZE
    assert ended(growing)
    assert is_whole(workspace)


def test_wrong_bytes_are_put_aside(workspace: Workspace) -> None:
    growing, events = begun(workspace), list[Event]()
    filled(growing)
    growing.write(PIECE + 7, b"\0\1\2")
    with pytest.raises(IntegrityError, match="part 1 does not match its signed manifest"):
        ended(growing, events)
    assert isinstance(events[0], ObjectQuarantined)
    assert [p.name for p in workspace.cached(ITEM.object).parent.iterdir()] == []
    assert states_of(workspace, [ITEM])[0].state is ObjectState.QUARANTINED


# -- the map ---------------------------------------------------------------------------------------------------------


def test_after_a_power_cut_only_what_was_flushed_counts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_FLUSH_EVERY", PIECE)
    growing = begun(workspace)
    growing.write(0, WHOLE[:PIECE])
    growing.hash_on()
    growing.write(PIECE, WHOLE[PIECE : PIECE + 5000])
    growing.close()
    assert bytes_here(workspace, ITEM.object, SIZE) == PIECE + 5000
    monkeypatch.setattr(part_map, "boot", lambda: "another run of the machine")
    assert bytes_here(workspace, ITEM.object, SIZE) == PIECE
    growing = begun(workspace)
    assert filled(growing) == SIZE - PIECE
    assert ended(growing)


@given(st.integers(0, 200))
def test_a_line_that_was_cut_off_counts_for_nothing(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("map") / "map"
    made = PartMap(path, "v", Ranges([(0, 100)]), Ranges([(0, 50)]))
    made.add((200, 3000))
    made.add((5000, 60000))
    made.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: max(0, len(whole) - cut)])
    kept = read_map(path, 100_000)
    if kept is not None:
        said = [(200, 3000), (5000, 60000)]
        assert all(span in [(0, 50), (0, 100), *said] for span in kept.here)


def test_a_map_never_says_more_than_the_file_has(tmp_path: Path) -> None:
    PartMap(tmp_path / "map", None, Ranges([(0, 100), (200, 300)]), Ranges()).close()
    kept = read_map(tmp_path / "map", 250)
    assert kept is not None
    assert list(kept.here) == [(0, 100), (200, 250)]


@pytest.mark.parametrize("text", ["", "x", "[]\n", '{"v": 2}\n', '{"v": 1'])
def test_what_is_no_map_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "map").write_text(text)
    assert read_map(tmp_path / "map", 100) is None
