"""Who rolled when: from manifests, real peaks and a real store to sentences and a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reviewer import config
from reviewer.domain.errors import Cancelled, UnreadableMedia
from reviewer.domain.recording import Buffer, Kind, Manifest
from reviewer.domain.rolling import Expected, incident_of, report
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wording import LocalZone
from reviewer.exports.report import to_csv, to_pdf
from reviewer.services import rolling, rolling_words
from reviewer.services.footage import CaseCamera
from reviewer.services.holding import ObjectState, ObjectStatus
from reviewer.services.quarantine import items
from reviewer.services.sync_begin import path_of
from reviewer.stores.base import locate
from tests.ui.review.samples import at, manifest

HELSINKI = LocalZone.named("Europe/Helsinki")


def _camera(number: int, made: Manifest, state: ObjectState = ObjectState.PRESENT) -> CaseCamera:
    files = {each.object: each for each in items(made)}
    return CaseCamera(number, made, tuple(ObjectStatus(files[p.object], state) for p in made.parts))


def _two() -> tuple[CaseCamera, CaseCamera]:
    one = manifest(1, ("22:40:00", "22:50:00"))
    other = replace(
        manifest(2, ("22:42:00", "22:44:00"), ("22:46:00", "22:48:00")),
        buffer=Buffer(Micros(30 * SECOND), silent=True),
        stop="Private talk",
    )
    return _camera(1, one), _camera(2, other)


def _peaks(seconds: int, *mute: tuple[int, int]) -> np.ndarray:
    pairs = np.tile(np.array([-900, 900], np.int16), (seconds * rolling.PER_SECOND, 1))
    for a, b in mute:
        pairs[a * rolling.PER_SECOND : b * rolling.PER_SECOND] = 0
    return pairs


def test_a_muted_microphone_is_found_and_a_short_pause_is_not() -> None:
    found = rolling.quiet(_peaks(60, (10, 25), (40, 41)))
    assert found == ((10 * SECOND, 25 * SECOND),)
    assert rolling.quiet(np.zeros((0, 2), np.int16)) is None


def test_what_is_heard_is_laid_on_the_wall_and_the_buffer_is_no_mute() -> None:
    one, other = _two()
    sound = {1: _peaks(600, (300, 330)), 2: _peaks(120, (0, 45))}
    silences = rolling.listen([one, other], lambda c, n: rolling.quiet(sound[c.number]))
    cameras = rolling.cameras_of([one, other], silences, {})
    assert cameras[0].mute == (TimeRange(at("22:45:00"), at("22:45:30")),)
    assert cameras[1].mute[0] == TimeRange(at("22:42:30"), at("22:42:45"))
    assert cameras[1].pressed == at("22:42:30")


def test_what_nobody_could_listen_to_is_said() -> None:
    here, away = _two()
    away = _camera(2, away.manifest, ObjectState.ABSENT)

    def measure(camera: CaseCamera, part: int) -> rolling.Quiet | None:
        raise UnreadableMedia("Broken.", "Ask for the file.")

    silences = rolling.listen([here, away], measure)
    assert silences["rec-2"].unheard == away.manifest.rolling
    assert silences["rec-1"].unheard == here.manifest.rolling
    assert rolling.cameras_of([here], {}, {})[0].unheard == here.manifest.rolling


def test_a_file_without_a_sound_track_is_mute_and_listening_can_be_stopped() -> None:
    one, _ = _two()
    assert rolling.listen([one], lambda c, n: None)["rec-1"].mute == one.manifest.rolling
    with pytest.raises(Cancelled):
        rolling.listen([one], lambda c, n: (), cancelled=lambda: True)


def test_uploads_that_are_missing_are_named(tmp_path: Path) -> None:
    one, other = _two()
    parts = tuple(
        replace(p, name=name) for p, name in zip(other.manifest.parts, ("AXON_0007.mp4", "AXON_0010.mp4"), strict=True)
    )
    gone = _camera(2, replace(other.manifest, parts=parts), ObjectState.ABSENT)
    store = locate(str(tmp_path / "store"))
    store.create()
    file = tmp_path / "bytes"
    file.write_bytes(b"sealed")
    store.put_if_absent(path_of(parts[0].object), file.read_bytes())
    found = rolling.lacking_of([one, gone], store)
    assert found == {
        "rec-2": (
            "part 2 is in its signed manifest and not in the store",
            "file 0008 to 0009 between AXON_0007.mp4 and AXON_0010.mp4 was never taken in",
        )
    }
    nowhere = locate(str(tmp_path / "nowhere"))
    assert "not known" in rolling.lacking_of([gone], nowhere)["rec-2"][0]
    assert rolling.lacking_of([one], None) == {}


def test_stills_never_rolled() -> None:
    still = _camera(3, replace(manifest(3, ("22:41:00", "22:41:10")), kind=Kind.STILL))
    assert rolling.cameras_of([still], {}, {}) == ()
    assert rolling.lacking_of([still], None) == {}


def test_the_report_says_all_of_it_with_its_doubt() -> None:
    one, other = _two()
    silences = rolling.listen([one, other], lambda c, n: ((300 * SECOND, 330 * SECOND),) if c.number == 1 else ())
    cameras = rolling.cameras_of([one, other], silences, {"rec-2": ("part 9 is not there",)})
    stated = TimeRange(at("22:39:00"), at("22:49:00"))
    incident = incident_of(cameras, stated)
    assert incident is not None
    found = report(cameras, incident, expected=(Expected("x", "Ofc. S. Laine 1940", "dispatch log"),))
    said = " ".join(rolling_words.sentences(found))
    assert "No camera rolled for" in said and "2 uploads still missing." in said
    assert "Ofc. L. Korhonen 1873 stopped early" in said
    imprint = rolling_words.Imprint("CR-2026-0142", "Helsinki", "K. Salo 0417", Utc(at("23:00:00")), "signed manifests")
    made = rolling_words.to_report(found, imprint, HELSINKI)
    text = to_csv(made).decode()
    assert "late by" in text and "Private talk" in text and "22:45:00 – 22:45:30" in text
    assert "silent by the camera’s rule" in text and "Ofc. S. Laine 1940" in text
    assert to_pdf(made, config.resource("fonts")).startswith(b"%PDF")


def test_nobody_stated_when_it_was() -> None:
    cameras = rolling.cameras_of(_two(), {}, {})
    incident = incident_of(cameras)
    assert incident is not None
    found = report(cameras, incident)
    assert rolling_words.edge_words(found.starts[0], start=True) == "the first to press record"
    assert "from where record was first pressed" in rolling_words.incident_words(found, HELSINKI)
    assert any(
        "compare the cameras with each other" in each
        for each in rolling_words.to_report(found, rolling_words.Imprint("c", "a", "b", Utc(0), ""), HELSINKI).limits
    )
