"""A deck whose cameras wait until they may start."""

from __future__ import annotations

from contextlib import closing

from reviewer.media.deck import Deck
from tests.media.footage import WAIT, camera, clip, part


def test_a_deck_that_is_held_starts_nothing_until_it_may() -> None:
    with closing(Deck([camera(part(clip()))], held=True)) as deck:
        view = next(iter(deck._views.values()))
        assert view.process._process is None
        deck.begin()
        assert deck.wait_settled(WAIT)
        assert view.process._process is not None


def test_a_deck_that_was_never_begun_closes_and_leaves_nothing() -> None:
    deck = Deck([camera(part(clip()))], held=True)
    process = next(iter(deck._views.values())).process
    deck.set_cameras([])
    deck.close()
    assert process._process is None
    assert not process._thread.is_alive()
