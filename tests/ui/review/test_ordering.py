"""Which came first on the screen: two presses, an answer from the log, and what happens to it later."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from reviewer.domain.alignment_acts import AlignmentWithdrawn
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.domain.order_acts import OrderStated, OrderWithdrawn
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.wall_time import SIGNED
from reviewer.services.order import Asked, Judgement, judged
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.order_panel import CHANGED, OrderPanel
from reviewer.ui.review.ordering import Ordering, OrderServices
from tests.ui.review import samples
from tests.ui.review.clock_samples import SAID
from tests.ui.review.fakes import Stage, make_stage

NOW = samples.NOW
FRAME = 33_366
CAMERAS = samples.cameras(4)


@dataclass
class FakeOrders:
    """Records at once and announces on `bridge`. `gone`: recordings that are not here any more."""

    bridge: Bridge
    stands: list[Asked] = field(default_factory=list)
    undone: list[Asked] = field(default_factory=list)
    refuse: ReviewerError | None = None
    gone: set[str] = field(default_factory=set)

    def _judge(self, first: Mark, second: Mark) -> Judgement | None:
        manifests = {c.key: c.manifest for c in CAMERAS if c.key not in self.gone}
        return judged(first, second, manifests, None, SIGNED)

    def asked(self) -> tuple[Asked, ...]:
        self.stands = [replace(a, judgement=self._judge(*a.event.marks)) for a in self.stands]
        return tuple(self.stands)

    def ask(self, first: Mark, second: Mark, note: str = "") -> Future[Judgement]:
        future: Future[Judgement] = Future()
        if self.refuse is not None:
            future.set_exception(self.refuse)
            return future
        found = self._judge(first, second)
        assert found is not None
        event = OrderStated("CR-1", uuid.uuid4().hex, (first, second), found.order.gap, found.order.sigma, "", note)
        self.stands.append(Asked(event, SAID, found))
        self.bridge.listener(event)
        future.set_result(found)
        return future

    def withdraw(self, id_: str) -> Future[None]:
        if all(a.event.id != id_ for a in self.stands):
            raise ReviewerError("This order does not stand any more.", "Look at the list again.")
        self.undone += [a for a in self.stands if a.event.id == id_]
        self.stands = [a for a in self.stands if a.event.id != id_]
        self.bridge.listener(OrderWithdrawn("CR-1", id_))
        future: Future[None] = Future()
        future.set_result(None)
        return future

    @property
    def can_undo(self) -> bool:
        return bool(self.stands)

    def undo(self) -> Future[None] | None:
        return self.withdraw(self.stands[-1].event.id) if self.stands else None

    def redo(self) -> Future[None] | None:
        if not self.undone:
            return None
        self.stands.append(self.undone.pop())
        future: Future[None] = Future()
        future.set_result(None)
        return future


@dataclass
class Bench:
    stage: Stage
    panel: OrderPanel
    orders: FakeOrders
    ordering: Ordering
    bot: QtBot
    told: list[str] = field(default_factory=list)
    failed: list[ReviewerError] = field(default_factory=list)
    went: list[object] = field(default_factory=list)
    saved: list[tuple[int, Path]] = field(default_factory=list)

    def goes(self, number: int, after: float = 0.0) -> None:
        """The focused camera shows the frame that began so many seconds after the samples' moment."""
        playback, wall = self.stage.playback, self.stage.screen.wall
        playback.at = Utc(NOW + round(after * SECOND))
        made = samples.pictures(dict.fromkeys((c.key for c in CAMERAS), (1_280, 720)))
        shown = {key: replace(each, at=playback.at, until=Utc(playback.at + FRAME)) for key, each in made.items()}
        playback._picture = lambda key, _size: shown[key]  # type: ignore[method-assign]
        wall.focus_number(number)
        self.stage.screen.tick()
        key = CAMERAS[number - 1].key
        self.bot.waitUntil(lambda: key in wall.painted() and wall.painted()[key].at == playback.at)

    def marks(self, number: int, after: float = 0.0) -> None:
        self.goes(number, after)
        self.ordering.mark()

    def button(self, words: str) -> QAbstractButton:
        def found() -> list[QAbstractButton]:
            buttons = self.panel.findChildren(QAbstractButton)
            return [b for b in buttons if words in (b.text(), b.accessibleName()) and b.isVisibleTo(self.panel)]

        self.bot.waitUntil(lambda: bool(found()))
        return found()[0]

    def rows(self, count: int) -> None:
        self.bot.waitUntil(lambda: len(self.panel.state.rows) == count)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    stage = make_stage()
    bridge, screen = stage.bridge, stage.screen
    qtbot.addWidget(screen)
    screen.resize(1536, 930)
    orders, panel = FakeOrders(bridge), OrderPanel(stage.keys)
    saved: list[tuple[int, Path]] = []

    def save(asked: tuple[Asked, ...], path: Path) -> Future[Path]:
        saved.append((len(asked), path))
        future: Future[Path] = Future()
        future.set_result(path)
        return future

    services = OrderServices(orders, lambda user: f"Name of {user}", save, Path("Order CR-1.pdf"))
    ordering = Ordering(services, panel, screen.wall, bridge, samples.ZONE, panel)
    made = Bench(stage, panel, orders, ordering, qtbot, saved=saved)
    ordering.told.connect(made.told.append)
    ordering.failed.connect(made.failed.append)
    ordering.went.connect(made.went.append)
    screen.side.add_tab("order", "First", "arrows-sort", panel)
    screen.side.show_tab("order")
    screen.show()
    screen.open_at(NOW)
    qtbot.waitUntil(lambda: len(screen.wall.painted()) >= 3)
    ordering.refresh()
    yield made
    screen.close_review()


def test_two_presses_ask_and_the_answer_comes_from_the_log(bench: Bench) -> None:
    bench.panel.note.setText("shove, then fall")
    bench.marks(1)
    assert (
        bench.panel.words == bench.told[-1] == "Marked in camera 1 at 22:42:17.48. Now the other moment, in any camera."
    )
    assert bench.panel.mark.text() == "Mark the other"
    assert bench.orders.stands == []
    bench.marks(2, 5.0)
    bench.rows(1)
    (row,) = bench.panel.state.rows
    assert row.order is not None
    assert row.order.decided
    assert [m.number for m in row.ranked] == [1, 2]
    assert row.spoken.startswith(f"camera 1 before camera 2 by {row.order.apart} ± ")
    assert row.spoken.endswith("shove, then fall · Name of u-salo")
    bench.bot.waitUntil(lambda: bench.told[-1].startswith("Camera 1 before camera 2 by "))
    assert bench.panel.note.text() == ""
    assert bench.panel.mark.text() == "Mark the first"
    (asked,) = bench.orders.stands
    assert [m.end > m.start for m in asked.event.marks] == [True, True], "a mark is a frame, from its time to the next"


def test_what_may_be_answered(bench: Bench) -> None:
    """The second mark may come first; within the margin nothing is decided; one camera's own footage is exact."""
    bench.marks(2, 5.0)
    bench.marks(1)
    bench.rows(1)
    (row,) = bench.panel.state.rows
    assert [m.number for m in row.moments] == [2, 1]
    assert [m.number for m in row.ranked] == [1, 2]
    bench.marks(1)
    bench.marks(3)
    bench.rows(2)
    assert bench.panel.state.rows[1].spoken.startswith("camera 1 and camera 3: order cannot be decided, ")
    bench.bot.waitUntil(lambda: "order cannot be decided" in bench.told[-1])
    bench.marks(1)
    bench.marks(1, 2.0)
    bench.rows(3)
    assert bench.panel.state.rows[2].spoken.startswith("camera 1 before camera 1 by 2.000 s on the same camera")


def test_what_is_not_marked(bench: Bench) -> None:
    """The same frame again forgets the mark; without a picture there is nothing to mark."""
    bench.marks(1)
    bench.marks(1)
    assert bench.told[-1] == "The mark was forgotten."
    assert bench.panel.state.waiting == ""
    assert bench.orders.stands == []
    bench.stage.screen.wall.focus_number(4)  # nothing of it is on this machine
    bench.ordering.mark()
    assert bench.failed[-1].message == "The focused camera shows no picture."
    assert bench.panel.state.waiting == ""


def test_a_row_goes_to_its_moments_and_is_withdrawn(bench: Bench) -> None:
    bench.marks(1)
    bench.marks(2, 5.0)
    bench.rows(1)
    bench.button("1 · 22:42:17.48").click()
    (moment,) = bench.went
    assert (moment.key, moment.number) == (CAMERAS[0].key, 1)  # type: ignore[attr-defined]
    bench.button("Withdraw this order").click()
    bench.rows(0)
    assert bench.told[-1] == "The order was withdrawn."
    bench.ordering.withdraw("gone")
    assert bench.failed[-1].message == "This order does not stand any more."


def test_undo_and_redo(bench: Bench) -> None:
    assert not bench.panel.undo.isVisible()
    bench.ordering.undo()
    assert bench.told[-1] == "There is no order to undo."
    bench.marks(1)
    bench.marks(2, 5.0)
    bench.rows(1)
    assert bench.panel.undo.isVisible()
    bench.ordering.undo()
    bench.rows(0)
    bench.ordering.redo()
    bench.rows(1)
    bench.ordering.redo()
    assert bench.told[-1] == "There is no order to do again."


def test_what_the_log_refuses_is_not_shown(bench: Bench) -> None:
    bench.orders.refuse = LogUnwritable("The log cannot be written.", "Free some space.")
    bench.panel.note.setText("kept")
    bench.marks(1)
    bench.marks(2, 5.0)
    bench.bot.waitUntil(lambda: bool(bench.failed))
    assert bench.panel.state.rows == ()
    assert bench.panel.note.text() == "kept"


def test_other_clocks_are_judged_by_at_once(bench: Bench) -> None:
    """The alignment goes; what was decided by it is not any more, and says so."""
    bench.marks(1)
    bench.marks(3)
    bench.rows(1)
    then = replace(bench.orders.stands[0].event, gap=Micros(5_000_000), sigma=Micros(10_000))
    bench.orders.stands = [replace(bench.orders.stands[0], event=then)]
    bench.stage.bridge.listener(AlignmentWithdrawn("CR-1", "base"))
    bench.bot.waitUntil(lambda: bench.panel.state.rows[0].changed)
    assert CHANGED in bench.panel.words


def test_a_camera_that_is_not_here_is_said(bench: Bench) -> None:
    bench.marks(1)
    bench.marks(2, 5.0)
    bench.rows(1)
    bench.orders.gone = {CAMERAS[1].key}
    bench.ordering.refresh()
    assert "a camera of it is not here" in bench.panel.words
    assert not bench.button("2 · not here").isEnabled()


def test_what_stands_is_saved(bench: Bench, tmp_path: Path) -> None:
    assert bench.ordering.ask_file() is None
    assert bench.told[-1] == "There is no order to save."
    bench.marks(1)
    bench.marks(2, 5.0)
    bench.rows(1)
    dialog = bench.ordering.ask_file()
    assert dialog is not None
    dialog.reject()
    bench.ordering.save_as(tmp_path / "Order.csv")
    bench.bot.waitUntil(lambda: bench.told[-1] == "Saved as Order.csv.")
    assert bench.saved == [(1, tmp_path / "Order.csv")]


def test_a_row_that_did_not_change_keeps_its_widget(bench: Bench) -> None:
    bench.marks(1)
    bench.marks(2, 5.0)
    bench.rows(1)
    before = bench.button("Withdraw this order")
    bench.marks(1, 2.0)
    bench.marks(1, 3.0)
    bench.rows(2)
    assert bench.button("Withdraw this order") is before
