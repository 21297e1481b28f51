"""What one tile shows, where the table of pictures that another process writes is not what it was a moment ago."""

from __future__ import annotations

from contextlib import closing

import pytest

from reviewer.domain.tile import TileState
from reviewer.media.deck import Deck
from tests.media.footage import WAIT, camera, clip, part


@pytest.mark.parametrize("strange", [{"frame": 9_999}, {"part": 7}, {"frame": -3}])
def test_a_row_that_is_another_one_by_now_is_no_picture(
    monkeypatch: pytest.MonkeyPatch, strange: dict[str, int]
) -> None:
    with closing(Deck([camera(part(clip()))])) as deck:
        assert deck.wait_settled(WAIT)
        deck.pictures(deck.now())
        view = next(iter(deck._views.values()))
        row = view.process.viewer.find(0, 0)
        assert row is not None
        monkeypatch.setattr(view.process.viewer, "find", lambda *_: None)
        monkeypatch.setattr(view.process.viewer, "newest", lambda *_: row._replace(**strange))
        view._shown = None
        (picture,) = deck.pictures(deck.now()).values()
        assert picture.state is TileState.OPENING
