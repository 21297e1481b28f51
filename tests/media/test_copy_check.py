"""The looks that a finished file gets, asked directly: what each of them says of a good copy and of a wrong one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.media import apart
from reviewer.media.copy_check import read_pictures, read_sounds, read_structure
from reviewer.media.copy_check_said import Said, Step
from reviewer.media.render_process import look_at
from reviewer.media.still import read_index
from tests.services import copy_site


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy without masks, as it should be."""
    return copy_site.make(tmp_path_factory.mktemp("copy") / "copy.mp4", copy_site.plan())


def test_the_structure_of_a_good_copy_has_nothing_to_say_against_it(good: Path) -> None:
    said = read_structure(good)
    assert said.problems == () and len(said.checks) == 2


def test_a_file_of_nothing_is_no_copy(tmp_path: Path) -> None:
    empty = tmp_path / "copy.mp4"
    empty.touch()
    assert read_structure(empty).problems and read_structure(empty).checks == ()


def test_pictures_and_sound_are_each_said_at_the_end(good: Path) -> None:
    camera = copy_site.camera()
    source = camera.parts[0].source()
    index = apart.call(read_index, source, "The recording", gives=type(read_index(source, "The recording")))
    known = replace(camera, parts=(replace(camera.parts[0], index=index),))
    for look in (read_pictures, read_sounds):
        steps: list[Step] = list(look(good, copy_site.plan(), (known,)))
        said = steps[-1].said
        assert isinstance(said, Said) and said.problems == () and said.checks
        assert [step.share for step in steps] == sorted(step.share for step in steps)


def test_how_a_recording_comes_out_of_its_decoder_is_read_apart() -> None:
    camera = copy_site.camera()
    source = camera.parts[0].source()
    look = look_at(source, read_index(source, "The recording"), "The recording")
    assert (look.width, look.height, look.pixels, look.turn) == (copy_site.WIDE, copy_site.HIGH, "yuv420p", 0)
