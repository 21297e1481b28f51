"""The bench of new files runs and gives its keys; how fast it all is, is for a quiet machine to say."""

from __future__ import annotations

import pytest

from tests.bench import figures
from tests.bench.__main__ import main
from tests.bench.render import FIGURES, QUICK, measure


def test_it_runs_from_end_to_end_and_gives_its_keys() -> None:
    sections = ["cpu", "masked", "memory"]  # the others have tests of their own
    found = measure(sections, QUICK, lambda _: None)
    keys = {figure.key for figure in FIGURES if figure.section in sections}
    assert keys <= found.keys(), found["missing"]
    judged = figures.verdicts(found, FIGURES)
    assert set(judged["reached"]) | judged["fell_short"].keys() == keys
    assert found["render_mb"] <= 600


def test_the_command_line_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["render", "--list"])
    said = capsys.readouterr().out
    assert all(figure.key in said for figure in FIGURES)
