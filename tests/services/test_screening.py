"""The gate of a screening: nothing runs on beyond what is durable, and the log says at least what was on the screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from multiprocessing import Pipe
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import MalformedDocument
from reviewer.domain.events import FileViewClosed, FileViewOpened, ViewClosed, ViewOpened
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import Absence, DeckCamera, DeckPart
from reviewer.media.finished import FinishedFile
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.screening import (
    BEYOND,
    feature_of_file,
    features_of,
)
from reviewer.services.screening_gate import FileGate
from reviewer.services.screening_wire import (
    Ready,
    Refused,
    hear,
    say,
)
from tests.services.screening_room import LENGTH, SIZE, START, STEP, Room, open_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as made:
        yield made


ACTS = st.one_of(
    st.tuples(st.just("live"), st.integers(1, 60)),
    st.tuples(st.just("seek"), st.integers(0, LENGTH - SECOND)),
    st.tuples(st.just("rate"), st.sampled_from((0, 250, 1000, 2000))),
    st.tuples(st.just("error"), st.integers(-290_000, 290_000)),
    st.tuples(st.just("slow"), st.booleans()),
    st.tuples(st.just("cover"), st.booleans()),
    st.tuples(st.just("go"), st.integers(0, LENGTH - SECOND)),
    st.tuples(st.just("stand"), st.integers(0, LENGTH - SECOND)),
)


LENGTHS = st.sampled_from((0, 3 * SECOND, LENGTH))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, min_size=1, max_size=14), st.booleans(), LENGTHS, LENGTHS)
def test_whatever_is_done_nothing_is_shown_unannounced_and_all_of_it_is_said(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]], dies: bool, believed: int, said: int
) -> None:
    with open_room(tmp_path_factory.mktemp("room")) as room:
        room.begin(believed=believed, said=said)
        room.lives(3)
        for act, value in acts:
            _do(room, act, value)
            room.lives()
        if dies:  # in the middle, with what it showed last not told
            room.player.hear()
            room.player.live(STEP)
            room.look()
            room.process.kill()
            room.hands.now += STEP
            room.screening.tick()
            assert room.screening.problem is not None
        room.ends()
        assert room.not_announced() == []
        assert room.not_said() == []
        assert room.gate is not None and room.gate.painted_outside == 0


def _do(room: Room, act: str, value: int) -> None:
    player = room.player
    match act:
        case "live":
            room.lives(value)
        case "seek":
            player.ask(value, player.wish.rate_milli if player.wish is not None else 1000)
        case "rate":
            player.ask(player.at, value)
        case "go" | "stand":
            room.screening.go(0, Micros(value), playing=act == "go")
        case "error":
            player.error = value
        case "slow" if value and room.journal.held is None:
            room.journal.held = []
        case "slow" if not value:
            room.journal.catch_up()
        case "cover" if value:
            room.screening.cover("The session is locked.")
        case "cover":
            room.screening.uncover()


def test_no_more_than_ten_seconds_are_announced_ahead(room: Room) -> None:
    room.begin()
    room.lives(400)
    planned = [e for e in room.durable if isinstance(e, ViewOpened)]
    assert len(planned) >= 3
    assert all(e.planned.duration <= 10 * SECOND for e in planned)
    assert {e.player for e in planned} == {"libVLC 3.0.24, ± 0.3 s"}
    assert [e.cameras[0].width for e in planned] == [SIZE[0]] * len(planned)
    ahead = max(e.planned.end for e in planned) - (START + room.player.true)
    assert ahead <= 10 * SECOND
    room.ends()


@pytest.mark.parametrize("said", [0, 3 * SECOND])
def test_a_file_that_is_longer_than_is_said_of_it_plays_on(room: Room, said: int) -> None:
    room.begin(believed=said, said=said)
    room.lives(500)
    assert room.player.true > 15 * SECOND
    room.ends()
    assert room.not_announced() == [] == room.not_said()


def test_a_slow_log_holds_the_picture_and_it_goes_on(room: Room) -> None:
    room.begin()
    room.lives(20)
    room.journal.held = []
    room.lives(400)
    stood = room.player.true
    assert stood < 9 * SECOND and not room.player.runs
    room.lives(20)
    assert room.player.true == stood
    room.journal.catch_up()
    room.lives(40)
    assert room.player.true > stood
    room.ends()
    assert room.not_announced() == [] == room.not_said()


def test_a_log_that_fails_covers_the_picture_and_space_tries_again(room: Room) -> None:
    room.begin()
    room.lives(20)
    room.journal.refuses = True
    room.player.ask(20 * SECOND, 1000)
    room.lives(4)
    assert room.player.covered == "The log cannot be written: the disk is full. Make room."
    assert room.screening.covered == room.player.covered
    shown = len(room.seen)
    room.lives(10)
    assert len(room.seen) == shown
    room.journal.refuses = False
    room.player.ask(20 * SECOND, 1000)
    room.lives(4)
    assert room.player.visible and room.screening.covered == ""
    room.ends()
    assert room.not_announced() == [] == room.not_said()


def test_locked_means_covered_until_somebody_goes_on(room: Room) -> None:
    room.begin()
    room.lives(40)
    room.screening.cover("The session is locked.")
    room.lives(2)
    assert room.player.covered == "The session is locked."
    room.player.ask(room.player.at, 1000)  # a key, while it is locked
    room.lives(10)
    assert not room.player.visible
    assert [type(e) for e in room.durable] == [ViewOpened, ViewClosed]
    room.screening.uncover()
    room.lives(2)
    assert room.player.covered == "" and not room.player.visible
    room.player.ask(room.player.at, 1000)
    room.lives(5)
    assert room.player.visible
    room.ends()
    assert room.not_said() == []


def test_what_does_not_cover_in_time_is_ended(room: Room) -> None:
    room.begin()
    room.lives(20)
    room.screening.cover("The session is locked.")
    for _ in range(30):
        room.hands.now += STEP
        if not room.process.killed:
            room.player.tell()
        room.screening.tick()
    assert room.process.killed and "did not cover" in str(room.screening.problem)
    room.ends()


def test_what_hangs_is_ended_and_all_it_may_have_shown_is_said(room: Room) -> None:
    room.begin()
    room.lives(20)
    said = room.player.at
    for _ in range(120):
        room.hands.now += STEP
        room.screening.tick()
    assert room.process.killed and "stopped answering" in str(room.screening.problem)
    room.ends()
    (closed,) = [e for e in room.durable if isinstance(e, ViewClosed)]
    assert closed.cameras[0].shown.end >= START + said + 5 * SECOND


@pytest.mark.parametrize(
    "sent",
    [
        b"\x80\x04cos\nsystem\n(S'true'\ntR.",  # a pickle
        b"[]",
        b'["Standing", {}]',
        b'["Permit", {"serial": 1, "until": 2}]',
        b'["Ready", {"player": 7}]',
        b"[" * 5000,
        b'["Wish", {"serial":1,"film":99,"at":0,"rate_milli":0,"audible":false,"width":1,"height":1}]',
    ],
    ids=["pickle", "nothing", "empty", "its own permit", "wrong type", "deep", "another film"],
)
def test_a_process_that_was_taken_over_is_ended(room: Room, sent: bytes) -> None:
    room.begin()
    room.lives(2)
    room.player.connection.send_bytes(sent)
    room.screening.tick()
    assert room.process.killed
    assert isinstance(room.screening.problem, MalformedDocument)
    room.ends()


def test_a_player_that_is_missing_says_so_before_anything(room: Room) -> None:
    say(room.player.connection, Refused("The second player, libVLC, is not on this machine.", "Install VLC 3."))
    room.screening.tick()
    assert str(room.screening.problem) == "The second player, libVLC, is not on this machine. Install VLC 3."
    assert room.screening.is_over and room.durable == []


def test_a_strange_name_does_not_get_into_the_log(room: Room) -> None:
    say(room.player.connection, Ready("libVLC 3.0\n— signed by S. Aro"))
    room.screening.tick()
    assert room.screening.player == "libVLC"


def test_a_finished_file_is_named_by_its_hash_in_every_entry(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"reel")
    file = FinishedFile.read(path)
    say(room.player.connection, Ready("libVLC 3.0.24"))
    room.screening.tick()
    room.gate = FileGate(room.journal, "", "training", "libVLC 3.0.24", file, clock=room.hands)
    room.screening.begin(room.gate, (feature_of_file(file),), at=Micros(0), audible=True, display="")
    room.lives(60)
    room.ends()
    opened = [e for e in room.durable if isinstance(e, FileViewOpened)]
    closed = [e for e in room.durable if isinstance(e, FileViewClosed)]
    assert len(room.durable) == len(opened) + len(closed) > 0
    assert {(e.file, e.name, e.case) for e in (*opened, *closed)} == {(file.sha256, "reel.mp4", None)}
    assert all(e.planned.start >= 0 and e.planned.end - e.planned.start <= 10 * SECOND for e in opened)
    assert closed[0].shown[0].start == 0
    assert closed[-1].shown[-1].end >= room.player.true
    with closing(Queries(room.path)) as queries:
        assert queries.count(EntryFilter(kinds=(FileViewOpened.KIND,))) == len(opened)


def test_the_end_of_a_file_is_announced_with_room_to_spare(room: Room) -> None:
    room.begin(at=LENGTH - 2 * SECOND)
    room.lives(60)
    assert room.player.true == LENGTH
    room.ends()
    ends = [c.shown.end for e in room.durable if isinstance(e, ViewClosed) for c in e.cameras]
    assert max(ends) == START + LENGTH
    assert (
        max(e.planned.end for e in room.durable if isinstance(e, ViewOpened)) <= START + LENGTH + BEYOND + 10 * SECOND
    )


def test_parts_that_are_not_here_are_left_out() -> None:
    def part(at: int, absence: Absence | None = None, *, still: bool = False) -> DeckPart:
        start = Utc(START + at * SECOND)
        span = TimeRange(start, Utc(start + SECOND))
        return DeckPart(
            lambda: partial(io.BytesIO, b""), TimeModel(start, Micros(0)), span, absence=absence, still=still
        )

    absent, broken = Absence(TileState.NOT_DOWNLOADED, ""), Absence(TileState.UNREADABLE, "")
    camera = DeckCamera("cam-a", (part(0), part(1, absent), part(2, broken), part(3, still=True)))
    features, which = features_of(camera, "A. Niemi", 4)
    assert which == (0, 2)
    assert [each.film.title for each in features] == ["A. Niemi · part 1 of 4", "A. Niemi · part 3 of 4"]


def test_the_wire_says_nothing_when_nothing_was_said() -> None:
    one, other = Pipe()
    assert hear(one) is None
    other.close()
    with pytest.raises(EOFError):
        hear(one)
    one.close()


def test_the_program_leads_and_is_told_where_it_is_only_once_that_is_shown(room: Room) -> None:
    room.begin()
    assert room.screening.place is None
    room.lives(20)
    at, playing = room.screening.place or (0, False)
    assert playing and abs(at - room.player.true) < SECOND
    room.journal.held = []
    room.screening.go(0, Micros(30 * SECOND), playing=True)
    for _ in range(3):
        room.lives(5)
        assert room.screening.place is None, "said where it was before"
    room.journal.catch_up()
    room.lives(10)
    at, playing = room.screening.place or (0, False)
    assert playing and at >= 30 * SECOND
    room.screening.go(0, Micros(at), playing=False)
    room.lives(5)
    assert room.screening.place is not None and not room.screening.place[1]
    room.screening.cover("The session is locked.")
    room.lives(3)
    assert room.screening.place is None and room.screening.is_dark
    room.screening.go(0, Micros(0), playing=True)
    room.lives(5)
    assert not room.player.visible, "shown while it is locked"
    room.screening.uncover()
    room.screening.go(0, Micros(0), playing=True)
    room.lives(5)
    assert room.player.visible
    room.ends()
    assert room.not_announced() == [] == room.not_said()
