"""A file that crashes, hangs or floods its decoder costs that one thing, and says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from reviewer.domain.errors import Cancelled, DecoderStopped, IntegrityError, UnreadableMedia
from reviewer.media import apart, preload
from reviewer.media.index import Pts
from tests.media.hostile import Hostile, die, eat, hang, leave

SOON = 0.3  # seconds of patience with what never ends
LITTLE = 1 << 30  # bytes of address space, of which a process that has loaded everything takes 0.6
ROOT = Path(__file__).parents[2]


def add(one: int, other: int) -> int:
    return one + other


def count(to: int, then: Callable[[], None] | None = None) -> Iterator[int]:
    yield from range(to)
    if then is not None:
        then()


def tampered() -> None:
    raise IntegrityError("Segment 3 is not what was sealed.", "Fetch again.")


def mistaken() -> None:
    raise ZeroDivisionError("of ours")


def flooding() -> Iterator[bytes]:
    while True:
        yield bytes(1 << 20)


def noisy() -> None:
    while True:
        apart.alive()


def fill(size: int) -> int:
    return len(bytearray(b"x") * size)


def numbers() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(5)


def read_all(source: Hostile) -> int:
    raw, size = apart.reading(source()), 0
    while block := raw.read(512):
        size += len(block)
    return size


def read_in_circles(source: Hostile) -> None:
    raw = apart.reading(source())
    while True:
        raw.seek(0)
        raw.read(512)


def test_values_go_in_and_out() -> None:
    assert apart.call(add, 2, 3, gives=int) == 5
    assert apart.call(numbers, gives=Pts).tolist() == [0, 1, 2, 3, 4]
    assert list(apart.pieces(count, 3, gives=int)) == [0, 1, 2]
    assert list(apart.pieces(count, 0, gives=int)) == []


def test_no_two_jobs_share_a_process() -> None:
    pids = {apart.call(os.getpid, gives=int) for _ in range(3)}
    assert len(pids) == 3
    assert os.getpid() not in pids


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (die, "stopped its decoder"),
        (leave, "stopped its decoder"),
        (hang, "came to no end"),
        (eat, "took more memory than footage may"),
    ],
)
def test_whatever_the_process_does_is_one_sentence(
    act: Callable[[], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if act is hang:
        monkeypatch.setattr(apart, "PATIENCE", SOON)
    for ask in (
        lambda: apart.call(act, gives=None, what="B2.mp4", memory=LITTLE),
        lambda: list(apart.pieces(count, 2, act, gives=int, what="B2.mp4", memory=LITTLE)),
    ):
        with pytest.raises(DecoderStopped) as stopped:
            ask()
        assert stopped.value.message == f"Reading B2.mp4 {words}."
        assert stopped.value.next_step.endswith("the camera’s own file.")


def test_what_came_before_a_crash_was_given() -> None:
    found, pieces = [], apart.pieces(count, 2, die, gives=int)
    with pytest.raises(DecoderStopped, match="Reading this file stopped"):
        for each in pieces:
            found.append(each)
    assert found == [0, 1]


def test_errors_of_ours_come_back_and_others_are_said_of_the_file() -> None:
    with pytest.raises(IntegrityError, match=r"Segment 3 is not what was sealed\. Fetch again\."):
        apart.call(tampered, gives=None)
    with pytest.raises(UnreadableMedia, match=r"^B2\.mp4 cannot be read as footage") as said:
        apart.call(mistaken, gives=None, what="B2.mp4")
    assert "ZeroDivisionError: of ours" in str(said.value.__cause__)


def test_an_answer_of_another_type_is_none() -> None:
    with pytest.raises(DecoderStopped):
        apart.call(add, 2, 3, gives=str)
    with pytest.raises(DecoderStopped):
        list(apart.pieces(count, 3, gives=str))


def test_what_cannot_be_an_answer_is_none() -> None:
    with pytest.raises((DecoderStopped, UnreadableMedia)):
        apart.call(threading.Event, gives=None, what="B2.mp4")


def test_more_answers_than_footage_needs_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_LARGEST", 5 << 20)
    taken = 0
    with pytest.raises(DecoderStopped):
        for each in apart.pieces(flooding, gives=bytes):
            taken += len(each)
    assert taken == 4 << 20


def test_cancelling_ends_the_process_at_once() -> None:
    gone = threading.Event()
    gone.set()
    with pytest.raises(Cancelled, match=r"Reading B2\.mp4 was cancelled"):
        apart.call(hang, gives=None, what="B2.mp4", cancelled=gone.is_set)


def test_letting_go_of_pieces_ends_the_process() -> None:
    pieces = apart.pieces(pid_for_ever, gives=int)
    pid = next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert not running(pid)


def pid_for_ever() -> Iterator[int]:
    while True:
        yield os.getpid()


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_time_that_the_app_itself_takes_is_no_hang_of_the_process() -> None:
    """It waits in its pipe while the piece before is being used."""
    watch = apart._Watch(apart.context().Process(), -1.0, LITTLE, None)  # type: ignore[attr-defined]
    assert watch._reason() == ""
    with watch:
        assert watch._reason() == "hang"
    assert watch._reason() == ""


# -- signs of life -----------------------------------------------------------------------------------------------------


def test_reading_on_is_a_sign_of_life_and_going_in_circles_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Hostile(bytes(100_000), "hang", after=1 << 40)
    assert apart.call(read_all, source, gives=int) == 100_000
    monkeypatch.setattr(apart, "PATIENCE", SOON)
    with pytest.raises(DecoderStopped, match="came to no end"):
        apart.call(read_in_circles, source, gives=None)


def test_one_that_says_it_lives_may_go_on_until_it_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", SOON)
    asked = [0]

    def after_a_while() -> bool:
        asked[0] += 1
        return asked[0] > 3 * SOON / apart._TICK

    with pytest.raises(Cancelled):
        apart.call(noisy, gives=None, seconds=30, cancelled=after_a_while)


def test_in_the_app_itself_a_sign_of_life_is_nothing() -> None:
    apart.alive()
    assert read_all(Hostile(bytes(1000), "hang", after=1 << 40)) == 1000


# -- memory ------------------------------------------------------------------------------------------------------------


def test_where_no_system_limits_memory_the_app_weighs_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_LIMITED", False)
    with pytest.raises(DecoderStopped, match="took more memory"):
        apart.call(fill_and_wait, 200 << 20, gives=None, memory=150 << 20)


def fill_and_wait(size: int) -> None:
    held = bytearray(b"x") * size
    hang()
    del held


def test_enough_memory_is_enough() -> None:
    assert apart.call(fill, 100 << 20, gives=int, memory=LITTLE) == 100 << 20
    with pytest.raises(DecoderStopped, match="took more memory"):
        apart.call(fill, LITTLE, gives=int, memory=LITTLE)


# -- the server --------------------------------------------------------------------------------------------------------


def test_the_server_does_not_take_modules_from_the_folder_with_footage(tmp_path: Path) -> None:
    """Python looks in the working folder first when it is started with -c, and so would the server."""
    planted = tmp_path / "numpy.py"
    planted.write_text("import pathlib; pathlib.Path('was-here').touch(); raise SystemExit")
    (tmp_path / "av.py").write_text(planted.read_text())
    asks = tmp_path / "elsewhere" / "asks.py"
    asks.parent.mkdir()
    asks.write_text(
        "import os\nfrom reviewer.media import apart\n"
        "if __name__ == '__main__':\n    print(apart.call(os.getcwd, gives=str))\n"
    )
    done = subprocess.run(
        [sys.executable, asks], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.returncode) == (str(tmp_path), 0), done.stderr
    assert not (tmp_path / "was-here").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only there does the kernel do it")
def test_a_process_that_hangs_does_not_outlive_an_app_that_was_killed(tmp_path: Path) -> None:
    asks = tmp_path / "asks.py"
    asks.write_text(
        "import sys\nfrom reviewer.media import apart\nfrom tests.media import test_apart\n"
        "if __name__ == '__main__':\n"
        "    for pid in apart.pieces(test_apart.pid_then_hang, gives=int): print(pid, flush=True)\n"
    )
    app = subprocess.Popen(
        [sys.executable, asks], env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )
    assert app.stdout is not None
    with app.stdout:
        pid = int(app.stdout.readline())
        watched = os.pidfd_open(pid)
        app.send_signal(signal.SIGKILL)
        app.wait(20)
    import select

    try:
        assert select.select([watched], [], [], 20)[0], "it still runs"
    finally:
        os.close(watched)


def pid_then_hang() -> Iterator[int]:
    yield os.getpid()
    hang()


def test_warming_up_brings_no_harm_and_every_process_is_quick_to_start() -> None:
    apart.warm()
    assert apart.call(loaded, gives=tuple[str, ...]) == ()
    assert {each.__name__ for each in preload.LOADED} >= {"av", "numpy", "reviewer.media.reader"}


def loaded() -> tuple[str, ...]:
    """What a process of ours would still have to import."""
    needed = ["av", "numpy", "reviewer.media.reader", "reviewer.intake.probe", "reviewer.tracks.gpmf", "reviewer.cli"]
    return tuple(name for name in needed if name not in sys.modules)
