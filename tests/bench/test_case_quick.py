"""The bench of cases runs and gives its keys; how fast it all is, is for a quiet machine to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import figures
from tests.bench.__main__ import main
from tests.bench.case import FIGURES, QUICK, Extent, measure
from tests.bench.case_made import Size, annotations, day_of_work, papers
from tests.services.agency import NOW


def test_a_day_is_folded_and_a_queue_shown() -> None:
    sections = ["fold", "queue"]  # the others open real windows
    found = measure(sections, replace(QUICK, entries=80, cases=6, rounds=2), lambda _: None)
    keys = {figure.key for figure in FIGURES if figure.section in sections}
    assert keys <= found.keys(), found["missing"]
    judged = figures.verdicts(found, FIGURES)
    assert set(judged["reached"]) | judged["fell_short"].keys() == keys


def test_the_case_is_as_large_as_it_is_said_to_be_and_the_same_each_time() -> None:
    size, recordings = Extent().size, [f"r{n}" for n in range(Extent().size.recordings)]
    assert (size.allegations, size.annotations, size.recordings) == (20, 2_000, 40)
    few = Size(3, 40, 40)
    made, again = ([*annotations("c", recordings, [NOW] * 40, few)] for _ in range(2))
    assert made == again
    assert sum(type(event).__name__ == "BookmarkAdded" for event in made) == 40
    assert sum(type(event).__name__ == "AllegationSet" for event in papers("c", NOW, 20)) == 20
    assert len([*day_of_work("c", recordings, [NOW] * 40, 500)]) == 500


def test_the_command_line_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["case", "--list"])
    said = capsys.readouterr().out
    assert all(figure.key in said for figure in FIGURES)
