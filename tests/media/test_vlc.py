"""libVLC reads what it is given and nothing else; what goes wrong in a callback stays there."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from reviewer.domain.errors import IntegrityError
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.vlc import UNCERTAINTY, Player, PlayerState, SecondPlayerMissing
from tests.media.footage import WAIT, clip

FILE = clip(tuple(range(50)), tone=True)
START = Micros(0)


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so. libVLC has threads of its own and tells nobody."""
    pause, deadline = threading.Event(), time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        pause.wait(0.01)


@pytest.fixture
def player() -> Iterator[Player]:
    made = Player(None)
    yield made
    made.close()


class Given:
    """A source that remembers its readers; from `breaks` on they refuse."""

    def __init__(self, data: bytes, breaks: int | None = None) -> None:
        self.data, self.breaks = data, breaks
        self.readers: list[BinaryIO] = []

    def __call__(self) -> BinaryIO:
        breaks = self.breaks

        class Reader(io.BytesIO):
            def readinto(self, into: bytearray) -> int:  # type: ignore[override]
                if breaks is not None and self.tell() >= breaks:
                    raise IntegrityError("Part 1 does not match its signed manifest.", "Fetch again.")
                return super().readinto(into)

        self.readers.append(Reader(self.data))
        return self.readers[-1]


def test_it_plays_from_a_reader_to_the_end_and_lets_go(player: Player) -> None:
    given = Given(FILE)
    player.load(given, START)
    assert (player.state, given.readers) == (PlayerState.EMPTY, [])
    player.play()
    until(lambda: player.state is PlayerState.PLAYING and player.has_picture)
    assert player.version.startswith("libVLC 3.")
    until(lambda: player.state is PlayerState.ENDED)
    assert player.length == 2 * SECOND
    assert player.problem is None
    player.stop()
    until(lambda: all(reader.closed for reader in given.readers))


def test_its_time_goes_on_between_what_it_says_and_stands_when_it_stands(player: Player) -> None:
    player.load(Given(FILE), Micros(SECOND // 2))
    assert player.at == SECOND // 2
    player.play()
    until(lambda: player.at > SECOND)
    player.pause()
    until(lambda: player.state is PlayerState.PAUSED)
    stands = player.at
    assert SECOND <= stands <= SECOND + UNCERTAINTY
    player.seek(Micros(200_000))
    assert player.at == 200_000
    player.play()
    until(lambda: player.at > 400_000)


def test_another_file_takes_its_place(player: Player) -> None:
    first, second = Given(FILE), Given(clip(tuple(range(25))))
    player.load(first, START)
    player.play()
    until(lambda: player.has_picture)
    player.load(second, START)
    assert all(reader.closed for reader in first.readers)
    player.play()
    until(lambda: player.length == SECOND)


def test_a_reader_that_refuses_ends_the_file_and_is_remembered(player: Player) -> None:
    player.load(Given(FILE, breaks=0), START)
    player.play()
    until(lambda: player.state in (PlayerState.ENDED, PlayerState.FAILED))
    assert isinstance(player.problem, IntegrityError)


def test_a_source_that_cannot_be_opened_is_no_crash(player: Player) -> None:
    def gone() -> BinaryIO:
        raise IntegrityError("Part 1 is gone.", "Fetch again.")

    player.load(gone, START)
    player.play()
    until(lambda: player.state in (PlayerState.ENDED, PlayerState.FAILED))
    assert isinstance(player.problem, IntegrityError)


@pytest.mark.parametrize("data", [b"", b"not a film at all" * 999, FILE[:700]], ids=["empty", "text", "cut"])
def test_what_is_no_footage_shows_nothing(player: Player, data: bytes) -> None:
    player.load(Given(data), START)
    player.play()
    until(lambda: player.state in (PlayerState.ENDED, PlayerState.FAILED))
    assert not player.has_picture


def test_without_libvlc_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vlc", None)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SecondPlayerMissing) as missing:
        Player(None)
    assert str(missing.value).startswith("The second player, libVLC, is not on this machine. Install VLC 3")
    assert "vlc-plugin-video-output" in str(missing.value)
