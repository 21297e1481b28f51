"""Python's collector: it rests while many values are made, and beside a window it works on its thread alone."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from reviewer.services.collecting import Collector, making_many, rests


class Knot:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    made.stop()


def _in_a_thread(do: object) -> None:
    assert callable(do)
    worker = threading.Thread(target=do)
    worker.start()
    worker.join()


def _fill() -> None:
    """More values at once than any collection waits for."""
    kept = [[n] for n in range(200_000)]
    kept.clear()


def test_nothing_is_collected_but_where_it_is_looked(collector: Collector) -> None:
    where: list[int] = []

    def tie() -> None:
        weakref.finalize(Knot(), lambda: where.append(threading.get_ident()))

    _in_a_thread(tie)
    _in_a_thread(_fill)
    assert where == []
    kept = [[n] for n in range(gc.get_threshold()[0] + 1)]  # what makes a look worth it
    collector.look()
    assert where == [threading.get_ident()]
    assert kept


def test_a_look_at_little_goes_through_nothing(collector: Collector) -> None:
    gc.collect()
    knot = weakref.ref(Knot())
    collector.look()
    assert knot() is not None
    collector.look_at_all()
    assert knot() is None


def test_what_became_old_is_found_when_a_quarter_came_to_it(collector: Collector) -> None:
    collector.look_at_all()
    knot = Knot()
    old = weakref.ref(knot)
    gc.collect(0)
    gc.collect(1)
    del knot  # among the old ones now
    lasting, kept, looks = len(gc.get_objects(generation=2)), [], 0
    while old() is not None:
        kept.append([[n] for n in range(lasting // 50)])
        collector.look()
        looks += 1
        assert looks < 2_000, "it is never gone through"
    assert sum(map(len, kept)) * 4 > lasting


def test_it_rests_while_many_are_made_and_whoever_ends_last_lets_it_go_on(collector: Collector) -> None:
    with making_many():
        knot = weakref.ref(Knot())
        with making_many():
            assert rests()
        kept = [[n] for n in range(2_000)]
        collector.look()
        assert knot() is not None
        assert rests()
    assert not rests()
    assert not gc.isenabled(), "the collector still looks"
    assert kept
