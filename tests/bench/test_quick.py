"""The bench runs, and its eye and its judgement are right: what it says of playback hangs on them."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import numpy as np
import pytest

from reviewer.demo.barcode import paint
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import SECOND, Utc
from tests.bench import figures
from tests.bench.__main__ import main
from tests.bench.clips import HD, PHONE, START, Clip, micros_of
from tests.bench.engine import targets
from tests.bench.eye import Look, Tick, Truth, at_60_hz, glance, ideal_by_best_clock, judge, longest_still, right, said
from tests.bench.machine import busy_core, cpu_seconds, memory_mb, run_child, tree
from tests.bench.playback import QUICK, measure

LENGTH = 12.0
ONE, TWO = Clip("one", HD), Clip("two", PHONE, 12_345)
TRUTHS = {clip.name: Truth(clip, LENGTH) for clip in (ONE, TWO)}


def picture(micros: int, height: int = 360) -> np.ndarray:
    image = np.full((height, height * 16 // 9, 4), 90, np.uint8)
    paint(image, Utc(START + micros), 1)
    return image


def look(clip: Clip, frame: int, state: str = TileState.PLAYING, fidelity: str = Fidelity.ORIGINAL) -> Look:
    return Look(clip.name, glance(picture(int(micros_of(clip.source, LENGTH)[frame]))), state, fidelity)


@pytest.mark.parametrize("height", [90, 144, 360, 1080])
def test_a_barcode_is_read_at_any_size_and_from_its_strip(height: int) -> None:
    image = picture(4_233_333, height)
    assert said(glance(image)) == 4_233_333
    assert said(glance(image[-(height // 12) :], height)) == 4_233_333
    assert said(glance(np.ascontiguousarray(image[:, :, 0]))) == 4_233_333, "as luma"
    assert said(glance(image[: height // 2])) is None


def test_a_frame_is_right_from_its_own_time_to_the_next() -> None:
    truth = TRUTHS["two"]
    for frame in (0, 7, 200):
        assert truth.due(Utc(truth.time(frame))) == frame
        assert truth.lateness(Utc(truth.time(frame)), frame) == 0
        assert truth.lateness(Utc(truth.time(frame + 1) - 2), frame) == 0
        assert truth.lateness(Utc(truth.time(frame + 1) + 2), frame) == truth.time(frame + 1) - truth.time(frame)


def test_what_is_wrong_and_does_not_say_so_is_counted() -> None:
    at = Utc(TRUTHS["one"].time(60) + 10)
    due = TRUTHS["two"].due(at)
    fine = Tick(at, 0.0, [look(ONE, 60), look(TWO, due)])
    assert right(fine, TRUTHS)
    late = Tick(at, 0.1, [look(ONE, 58, TileState.LATE), look(TWO, due)])
    skipping = Tick(at, 0.2, [look(ONE, 59, fidelity=Fidelity.SKIPPING), look(TWO, due)])
    silent = Tick(at, 0.3, [look(ONE, 59), look(TWO, due)])
    blank = Tick(at, 0.4, [Look("one", None), look(TWO, due)])
    found = judge([fine, late, skipping, silent, blank], TRUTHS)
    assert (found.due, found.ideal, found.unsaid, found.unread, found.late) == (10, 6, 2, 1, 1)
    assert not right(silent, TRUTHS)


def test_the_longest_time_that_a_tile_stands_still() -> None:
    frames = [10, 11, 11, 11, 12, 13]
    ticks = [Tick(START, n / 10, [look(ONE, f), look(TWO, n)]) for n, f in enumerate(frames)]
    assert longest_still(ticks) == pytest.approx(0.3), "until another picture is seen"


def test_a_tick_that_did_not_come_is_made_up_for() -> None:
    at = TRUTHS["one"].time(60) + 100
    ticks = [Tick(Utc(at + round(n * SECOND)), n, [look(ONE, 60 + round(n * 30))]) for n in (0.0, 4 / 60, 5 / 60)]
    assert judge(ticks, TRUTHS).share == 1.0
    shown = judge(at_60_hz(ticks), TRUTHS)
    assert (shown.due, shown.ideal) == (6, 4), "one frame stands for four ticks, and is right for two of them"


def test_players_without_a_clock_are_judged_by_the_one_that_suits_them() -> None:
    start = TRUTHS["one"].time(30)

    def tick(wall: float, behind: int) -> Tick:
        at = Utc(round(start + wall * SECOND) + 100)
        return Tick(Utc(0), wall + 77.0, [look(c, TRUTHS[c.name].due(at) - behind * (c is TWO)) for c in (ONE, TWO)])

    share, spread = ideal_by_best_clock([tick(n / 60, 0) for n in range(60)], TRUTHS)
    assert share == 1.0 and spread == 0.0
    share, _ = ideal_by_best_clock([tick(n / 60, int(n < 30)) for n in range(60)], TRUTHS)
    assert share < 0.9


def test_targets_keep_apart() -> None:
    found = targets(START, Utc(START + 60 * SECOND), 30, 3, 4 * SECOND)
    assert all(abs(a - b) >= 4 * SECOND for i, a in enumerate(found) for b in found[max(0, i - 5) : i])


def test_what_a_process_tree_costs() -> None:
    before = tree()
    with busy_core():
        assert len(tree()) == len(before) + 1
        assert sum(memory_mb().values()) > 5
        child = subprocess.Popen(["sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"])
        used = cpu_seconds()
        child.wait()
        assert cpu_seconds() > used
    assert len(tree()) == len(before)


def test_sections_are_chosen_by_their_name_or_a_key() -> None:
    assert figures.chosen([]) == list(figures.SECTIONS)
    assert figures.chosen(["step_back_p95_ms", "nine"]) == ["nine", "step"]
    with pytest.raises(ValueError, match="nonsense"):
        figures.chosen(["nonsense"])


def test_a_section_runs_from_end_to_end_and_gives_its_keys() -> None:
    """In a process of its own, as all of them do."""
    said_so: list[str] = []
    found = measure(["step"], replace(QUICK, length=5.0, steps=3), said_so.append)
    keys = {figure.key for figure in figures.FIGURES if figure.section == "step"}
    assert keys <= found.keys(), found["missing"]
    judged = figures.verdicts(found)
    assert set(judged["reached"]) | judged["fell_short"].keys() == keys
    assert found["step_wrong"] == 0, "a step showed another frame than the one it said"
    assert found["machine_before"]["cores"] and "load" in found["machine_after"]
    assert "step_back_p95_ms" in figures.table(found, ["step"])


def test_what_cannot_run_says_so_and_leaves_nothing() -> None:
    before = tree()
    with pytest.raises(RuntimeError, match="unexpected keyword"):
        run_child("stepping", {"nonsense": 1}, 60)
    assert tree() == before


def test_the_command_line_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["playback", "--list"])
    said_so = capsys.readouterr().out
    assert all(figure.key in said_so for figure in figures.FIGURES)
    with pytest.raises(SystemExit):
        main(["playback", "--only", "nonsense"])
