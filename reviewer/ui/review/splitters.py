"""Where a person has put the lines between panes: restored, and remembered whenever one is moved."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter

from reviewer.ui.preferences import PreferenceStore


def remember_splitter(preferences: PreferenceStore, name: str, splitter: QSplitter) -> None:
    """Put it where it was left under this name, and follow it from now on."""
    place = preferences.now.places.get(name)
    if place is not None:
        splitter.restoreState(QByteArray.fromBase64(place.encode()))
    splitter.splitterMoved.connect(partial(_moved, preferences, name, splitter))


def _moved(preferences: PreferenceStore, name: str, splitter: QSplitter, *_moved: int) -> None:
    state = bytes(splitter.saveState().toBase64().data()).decode()
    now = preferences.now
    preferences.set(replace(now, places={**now.places, name: state}))
