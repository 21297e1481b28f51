"""The log's bench runs and gives its keys; how fast it all is, is for a quiet machine to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import figures
from tests.bench.__main__ import main
from tests.bench.log import FIGURES, QUICK, measure


def test_it_runs_from_end_to_end_and_gives_its_keys() -> None:
    sections = ["append", "long", "rebuild"]  # the fourth needs a display and nine cameras
    found = measure(sections, replace(QUICK, entries=700), lambda _: None)
    keys = {figure.key for figure in FIGURES if figure.section in sections}
    assert keys <= found.keys(), found["missing"]
    judged = figures.verdicts(found, FIGURES)
    assert set(judged["reached"]) | judged["fell_short"].keys() == keys
    assert found["bytes_per_entry"] <= 350


def test_the_command_line_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["log", "--list"])
    said_so = capsys.readouterr().out
    assert all(figure.key in said_so for figure in FIGURES)
    with pytest.raises(SystemExit):
        main(["log", "--only", "nonsense"])
