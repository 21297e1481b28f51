"""A key table, preferences and a bridge for every screen's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore


@pytest.fixture
def preferences(qapp: QApplication) -> PreferenceStore:
    return PreferenceStore()


@pytest.fixture
def keys(preferences: PreferenceStore) -> Iterator[KeyTable]:
    table = KeyTable(preferences)
    yield table
    table.deleteLater()


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge()
    yield made
    made.close()
