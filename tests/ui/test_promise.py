"""What the store promises stands on the status line of every screen, in the words that it has for itself."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reviewer.stores.s3_lock import Promise, words_of
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.main_window import MainWindow
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.status import LIMITS
from reviewer.ui.store_check_words import promise_item

WORDS = "tamper-evident, not write-once"


@dataclass(frozen=True)
class Case:
    promise: Promise | None
    words: str
    once: bool


@pytest.mark.parametrize(
    "case",
    [
        Case(None, "not asked yet whether it is write-once", False),
        Case(Promise(True, False), WORDS, False),
        Case(Promise(True, True), WORDS, False),
        Case(Promise(True, True, "GOVERNANCE", 30), WORDS, False),
        Case(Promise(True, True, "COMPLIANCE", 30), "write-once", True),
    ],
)
def test_the_status_line_says_what_a_bucket_promises_and_no_more(case: Case) -> None:
    once, integrity = words_of(case.promise, 0)
    item = promise_item(integrity, once)
    assert (once, item.words) == (case.once, f"Store {case.words}")
    assert item.hint == f"The store is {integrity}."


def test_it_stands_on_every_screens_status_line_also_in_review(
    qtbot: QtBot, keys: KeyTable, preferences: PreferenceStore, bridge: Bridge
) -> None:
    window = MainWindow(keys=keys, preferences=preferences, bridge=bridge, unlock=lambda _: Future())
    qtbot.addWidget(window)
    window.add_screen("queue", QWidget(), words="Queue", icon="inbox")
    window.add_screen("review", QWidget(), words="Review", icon="layout-grid", picture=True)
    window.show_shell("Inv. K. Salo 0417")
    window.set_status("review", (LIMITS,), "6 of 9 recordings verified")
    window.set_store(promise_item(WORDS, False))
    for screen in ("queue", "review"):
        window.show_screen(screen)
        assert f"Store {WORDS}" in window.status.words
    assert window.status.minimumSizeHint().width() <= 1280
    window.set_store(None)
    assert WORDS not in window.status.words
