"""The coverage gate on screen: what is left of each camera, who watched, and the way to just that."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.agency import Gate as Rule
from reviewer.domain.coverage import joined
from reviewer.domain.gate import AllegationGate, Basis, CaseGate, View, camera_gate
from reviewer.domain.timebase import TimeRange
from reviewer.domain.wall_time import SIGNED
from reviewer.services.board import BoardCamera
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.gate import Axis, GatePanel
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import samples

CAMERAS = {f"rec-{n}": BoardCamera(n, samples.manifest(n, ("22:40:00", "22:50:00")), assigned=n < 3) for n in (1, 2, 3)}
WHOLE = (samples.at("22:41:00"), samples.at("22:45:00"))


def _gate(*views: View, basis: Basis = Basis.ALLEGED, withheld: tuple[str, ...] = ()) -> CaseGate:
    cameras = tuple(
        camera_gate(key, joined([WHOLE]), [v for v in views if v[1] == key], 2_000) for key in ("rec-1", "rec-2")
    )
    window = TimeRange(*WHOLE)
    return CaseGate((AllegationGate("al1", "A1", Rule(), basis, window, cameras, (), withheld),))


@pytest.fixture
def panel(qtbot: QtBot, keys: KeyTable) -> GatePanel:
    made = GatePanel(str.title, keys)
    apply_theme(made, ThemeName.DARK)
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    return made


def _words(panel: GatePanel) -> str:
    return "\n".join(each.text() for each in panel.findChildren(QLabel) if each.isVisible())


def _buttons(panel: GatePanel) -> list[str]:
    return [b.accessibleName() for b in panel.findChildren(QAbstractButton) if b.isVisible()]


def test_what_is_left_and_one_press_for_just_that(panel: GatePanel, qtbot: QtBot) -> None:
    views: list[View] = [
        ("salo", "rec-1", 1000, [WHOLE]),
        ("vuori", "rec-2", 2000, [(WHOLE[0], WHOLE[0] + 130_000_000)]),
    ]
    panel.show_gate(_gate(*views), CAMERAS, SIGNED)
    words = _words(panel)
    assert panel.tag.words == "A1 finding closed: 1:50 of required footage not watched"
    assert "all watched" in words
    assert "1:50 left" in words
    assert "Watched by Salo 4:00 (4:00 at 1×) · Vuori 2:10 (2:10 faster than 1×)" in words
    assert "Required = every camera present, alleged moment ± 2 min, at 2× or slower" in words
    assert _buttons(panel) == ["Watch all that is left", "Watch what is left of camera 2"]
    with qtbot.waitSignal(panel.watch_asked) as told:
        next(b for b in panel.findChildren(QAbstractButton) if "camera 2" in b.accessibleName()).click()
    assert told.args == ["rec-2"]
    assert panel.grab().width() == 900


def test_when_all_is_watched_nothing_is_left_to_press(panel: GatePanel) -> None:
    views: list[View] = [("salo", key, 1000, [WHOLE]) for key in ("rec-1", "rec-2")]
    panel.show_gate(_gate(*views), CAMERAS, SIGNED)
    assert panel.tag.words == "All of the required footage was watched"
    assert _buttons(panel) == []
    panel.show_gate(_gate(), CAMERAS, SIGNED)
    assert len(_buttons(panel)) == 3


def test_what_a_reader_must_know_beside_it(panel: GatePanel) -> None:
    slow: View = ("salo", "rec-1", 250, [WHOLE])
    panel.show_gate(_gate(slow, basis=Basis.INCIDENT, withheld=("rec-3",)), CAMERAS, SIGNED)
    words = _words(panel)
    assert "A1: no time is alleged, so the incident’s counts." in words
    assert "Camera 3 rolled then too and is not assigned to this case." in words
    assert "seen in slow motion only: a pass at 1× is suggested" in words


def test_before_it_is_counted_and_without_allegations(panel: GatePanel) -> None:
    panel.show_gate(None, CAMERAS, SIGNED)
    assert panel.tag.words == "being counted"
    panel.show_gate(CaseGate(()), CAMERAS, SIGNED)
    assert panel.tag.words == "No allegation yet: nothing is required"
    assert _buttons(panel) == []


def test_stretches_of_time_that_lie_apart_stand_side_by_side() -> None:
    first, second = (
        TimeRange(samples.at(a), samples.at(b)) for a, b in (("22:41:00", "22:42:00"), ("23:00:00", "23:01:00"))
    )
    axis = Axis([second, first])
    assert axis.spans(first, 208) == [(0.0, 100.0)]
    assert axis.spans(second, 208) == [(108.0, 208.0)]
    over = TimeRange(samples.at("22:41:30"), samples.at("23:00:30"))
    assert axis.spans(over, 208) == [(50.0, 100.0), (108.0, 158.0)]
    assert axis.spans(TimeRange(samples.at("22:50:00"), samples.at("22:51:00")), 208) == []
