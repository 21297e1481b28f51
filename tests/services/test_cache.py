"""How much may lie here: what was used longest ago goes first, what is open or on its way never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.cache import Cache, CacheFull
from reviewer.services.holding import ObjectState, states
from reviewer.services.quarantine import Item
from reviewer.services.sync import Sync
from reviewer.services.workspace import Workspace
from tests.services.agency import CASE, NOW, Agency

SIZE = 100_000


class Shelf:
    """A cache with a clock of its own, and objects that are just bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.workspace = Workspace(folder)
        self.now = NOW
        self.cache = Cache(self.workspace, limit=limit, now=lambda: self.now)

    def item(self, number: int, size: int = SIZE) -> Item:
        return Item(f"{number:064x}", size, f"r{number}", f"Part {number}")

    def put(self, number: int, size: int = SIZE) -> str:
        self.now = Utc(self.now + SECOND)
        item = self.item(number)
        path = self.workspace.cached(item.object)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size))
        self.cache.use([item.object])
        return item.object

    def comes(self, number: int, *, keep: set[str] | None = None, evict: bool = True) -> None:
        self.cache.make_room(self.item(number), keep or set(), evict=evict)

    def here(self) -> list[int]:
        return sorted(int(each.object, 16) for each in self.cache.lying())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path, limit=4 * SIZE)
    for number in (1, 2, 3):
        made.put(number)
    return made


def test_without_a_limit_nothing_goes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, limit=0)
    for number in range(5):
        shelf.put(number)
        shelf.comes(number + 1)
    assert shelf.here() == [0, 1, 2, 3, 4]


def test_what_was_used_longest_ago_goes_first(shelf: Shelf) -> None:
    shelf.comes(4)
    assert shelf.here() == [1, 2, 3]
    shelf.put(4)
    shelf.cache.settled(shelf.item(4).object)
    shelf.now = Utc(shelf.now + SECOND)
    shelf.cache.use([shelf.item(1).object])
    shelf.comes(5)
    assert shelf.here() == [1, 3, 4]


def test_its_proxies_and_what_was_half_here_go_with_it(shelf: Shelf) -> None:
    name = shelf.item(1).object
    folder = shelf.workspace.proxies(name)
    folder.mkdir(parents=True)
    (folder / "0-240.x.proxy").write_bytes(os.urandom(SIZE))
    shelf.workspace.partial(name).write_bytes(b"x" * 10)
    shelf.workspace.part_map(name).write_bytes(b"{}")
    shelf.comes(4)
    assert shelf.here() == [2, 3]
    assert not folder.exists()
    assert not list(shelf.workspace.cached(name).parent.glob(f"{name}*"))


def test_what_a_transfer_needs_is_never_taken(shelf: Shelf) -> None:
    shelf.cache.limit = 3 * SIZE + SIZE // 2
    shelf.comes(4, keep={shelf.item(1).object, shelf.item(2).object})
    assert shelf.here() == [1, 2]
    with pytest.raises(CacheFull, match=r"Part 5 would go over the 0.00035 GB") as full:
        shelf.comes(5, keep={shelf.item(1).object, shelf.item(2).object})
    assert "never removed" in full.value.next_step
    assert shelf.here() == [1, 2], "nothing goes for what cannot come anyway"


def test_what_nobody_asked_for_takes_nothing_away(shelf: Shelf) -> None:
    shelf.put(4)
    with pytest.raises(CacheFull) as full:
        shelf.comes(5, evict=False)
    assert "Open the case or fetch it yourself" in full.value.next_step
    assert shelf.here() == [1, 2, 3, 4]


def test_what_is_on_its_way_counts_before_it_is_here(shelf: Shelf) -> None:
    shelf.comes(4, evict=False)
    with pytest.raises(CacheFull):
        shelf.comes(5, evict=False)
    shelf.cache.settled(shelf.item(4).object)
    shelf.cache._counted = None
    shelf.comes(5, evict=False)


def test_what_is_open_in_any_window_of_this_machine_stays(shelf: Shelf) -> None:
    elsewhere = Cache(shelf.workspace)
    with shelf.workspace.lock("aro"):
        elsewhere.open("aro", [shelf.item(1).object, shelf.item(2).object])
        shelf.put(4)
        shelf.comes(5)
        assert shelf.here() == [1, 2, 4]
        elsewhere.close("aro")
        assert shelf.cache.held() == set()
        elsewhere.open("aro", [shelf.item(1).object])
    assert shelf.cache.held() == set(), "a window that died holds nothing"


def test_last_use_is_known_the_next_day_and_not_written_at_each_use(shelf: Shelf) -> None:
    assert not (shelf.workspace.home / "uses.json").exists()
    shelf.now = Utc(shelf.now + SECOND)
    shelf.cache.use([shelf.item(1).object])
    shelf.cache.save()
    written = (shelf.workspace.home / "uses.json").stat().st_mtime_ns
    for _ in range(100):
        shelf.cache.use([shelf.item(1).object])
    assert (shelf.workspace.home / "uses.json").stat().st_mtime_ns == written
    again = Cache(shelf.workspace, limit=4 * SIZE)
    assert [int(each.object, 16) for each in again.lying()] == [2, 3, 1]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": "y"}'])
def test_a_damaged_note_of_uses_costs_the_order_only(shelf: Shelf, text: str) -> None:
    (shelf.workspace.home / "uses.json").write_text(text)
    shelf.put(4)
    Cache(shelf.workspace, limit=4 * SIZE).make_room(shelf.item(5), set(), evict=True)
    assert len(shelf.here()) == 3


def test_a_case_that_comes_down_makes_room_and_one_that_nobody_asked_for_waits(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    old = agency.recording("r1", os.urandom(300_000))
    new = agency.recording("r2", os.urandom(200_000), os.urandom(200_000))
    cache = Cache(agency.workspace, limit=500_000)
    sync = Sync(agency.workspace, agency.store, lambda _event: None, cache=cache)
    assert sync.fetch(CASE, [old]).complete
    report = sync.fetch("CR-NEW", [new], asked=False)
    assert isinstance(report.stopped, CacheFull)
    assert states(agency.workspace, [old])[0].state is ObjectState.PRESENT
    assert sync.fetch("CR-NEW", [new]).complete
    assert states(agency.workspace, [old])[0].state is ObjectState.ABSENT
    both = sync.fetch("both", [old, new])
    assert isinstance(both.stopped, CacheFull)
    assert sum(o.state is ObjectState.PRESENT for o in both.objects) == 2
