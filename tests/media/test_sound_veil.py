"""While masks are shown, a recording sounds as its copy will: the samples that are played against those of a render."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from reviewer.domain.redaction import Redaction, SoundEdit, SoundWay, Withheld
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media import render, schedule
from reviewer.media.camera import CameraTimes, DeckCamera
from reviewer.media.clock import NORMAL
from reviewer.media.deck import Deck
from reviewer.media.masked_sound import CONTEXT, MARGIN
from reviewer.media.render_process import look_at, make_stretch
from reviewer.media.sound_line import SoundLine, SoundPart
from reviewer.media.sound_reader import SoundReader
from reviewer.media.sound_ring import RATE, Samples, Stretch
from reviewer.media.sound_veil import BARE, LEAD, HiddenSound, SoundVeil, VeiledSound
from reviewer.services.veil import sound_veil_of
from tests.media.footage import START, WAIT, Hands, camera, clip, part
from tests.media.rendering import at, camera_of, times_of
from tests.media.sounds import Fed, Room, claps, sound_part, tone, wav
from tests.media.test_deck import let_go, until
from tests.media.test_deck_sound import Speaker
from tests.media.test_render import copy

SEED = 20_251
EDITS = ((0.5, 0.9, SoundWay.MUTE), (1.2, 1.6, SoundWay.TONE), (2.0, 3.1, SoundWay.VOICE), (1.5, 1.7, SoundWay.MUTE))
CLIP = clip(tuple(range(100)), tone=True)


def as_it_is(_recording: str, stated: Utc) -> Utc:
    return stated


def edits(*which: tuple[float, float, SoundWay]) -> tuple[SoundEdit, ...]:
    return tuple(SoundEdit(f"s{n}", "r1", "one", at(a), at(b), way) for n, (a, b, way) in enumerate(which))


def made(redaction: Redaction, recording: DeckCamera, *, voices: bool = False) -> Samples:
    """The sound of the copy that is rendered, n×2."""
    times: dict[str, CameraTimes] = times_of(recording)
    plan = copy(redaction, voices=voices, sound=True)
    sources = {("one", n): each.source() for n, each in enumerate(recording.parts)}
    index = times["one"].indexes[0]
    assert index is not None
    target = render.target_of(plan, times, look_at(sources["one", 0], index, "A part"), index.aspect)
    count = render.stretch_count(schedule.length(plan, times))
    orders = [render.order(plan, times, target, n, sources, SEED, {}) for n in range(count)]
    pieces = [make_stretch(order, "A stretch", lambda _done: None).sound for order in orders]
    return (np.concatenate(pieces) / 32_767).astype(np.float32)


def played(veil: SoundVeil, recording: DeckCamera, count: int, since: float = 0.0) -> Samples:
    """What a stage plays of it, `count` samples from `since` s on."""
    begin = Utc(recording.parts[0].range.start + round(since * SECOND))
    return fed(veil, [(SoundPart(each.model, each.range), each.open) for each in recording.parts], begin)[:count]


def fed(veil: SoundVeil, parts: list[tuple[SoundPart, Callable[[], BinaryIO]] | None], begin: Utc) -> Samples:
    """All that comes of these parts from an instant on."""
    readers = [None if each is None else SoundReader(each[1]()) for each in parts]
    placed = [None if each is None else each[0] for each in parts]
    base = Utc(begin - LEAD * SECOND // RATE)
    line = SoundLine(placed, base, readers.__getitem__)
    veiled = VeiledSound(veil, Stretch(0, NORMAL, base, 0, 0), placed)
    found: list[Samples] = []
    while (samples := veiled.feed(line.more())) is not None:
        found.append(samples)
    for reader in readers:
        if reader is not None:
            reader.close()
    return np.concatenate(found)


@pytest.mark.parametrize("voices", [False, True])
def test_what_is_played_is_what_the_copy_will_hold(tmp_path: Path, voices: bool) -> None:
    recording, redaction = camera_of(tmp_path, "one", CLIP), Redaction(sounds=edits(*EDITS))
    veil = sound_veil_of(redaction, as_it_is, SEED, voices=voices)(recording)
    wanted = made(redaction, recording, voices=voices)
    found = played(veil, recording, len(wanted))
    same = len(found) - CONTEXT  # a render sees beyond the last sample that may be heard, playing does not
    assert same > 3.8 * RATE and np.abs(found[:same] - wanted[:same]).max() < 1e-3
    bare = played(BARE, recording, len(found))
    muted = found[RATE // 2 - MARGIN : int(0.9 * RATE) + MARGIN]
    assert not muted.any() and np.abs(bare).max() > 0.4
    spoken = slice(2 * RATE + RATE // 10, 3 * RATE)
    assert np.abs(found[spoken]).max() > 0.01
    assert np.corrcoef(found[spoken, 0], bare[spoken, 0])[0, 1] < 0.3


def test_wherever_it_is_sought_it_sounds_the_same(tmp_path: Path) -> None:
    recording = camera_of(tmp_path, "one", CLIP)
    veil = sound_veil_of(Redaction(sounds=edits(*EDITS)), as_it_is, SEED)(recording)
    whole = played(veil, recording, 4 * RATE)
    for since in (0.52, 1.25, 1.98, 2.5):
        later = played(veil, recording, RATE // 2, since)
        first = round(since * RATE)
        assert np.abs(later - whole[first : first + RATE // 2]).max() < 1e-3


def test_what_is_withheld_is_silent_to_the_sample_and_no_further(tmp_path: Path) -> None:
    recording = camera_of(tmp_path, "one", CLIP)
    gone = Withheld("w", "r1", "one", at(1), at(2), "third")
    found = played(sound_veil_of(Redaction(withheld=(gone,)), as_it_is, SEED)(recording), recording, 3 * RATE)
    assert not found[RATE : 2 * RATE].any()
    assert np.abs(found[RATE - 200 : RATE - 2]).max() > 0.1 and np.abs(found[2 * RATE + 3 : 2 * RATE + 200]).max() > 0.1


def test_it_stays_on_its_words_in_every_part_and_by_other_clocks(tmp_path: Path) -> None:
    """Two parts, a hole between them, and a clock that is 7 s off and drifts: hidden is what lies in the files."""
    parts = camera_of(tmp_path, "one", CLIP, CLIP, gap=Micros(2 * SECOND)).parts
    drift = 40_000

    def wall_time(_recording: str, stated: Utc) -> Utc:
        return Utc(stated + 7 * SECOND + (stated - START) * drift // 1_000_000_000)

    redaction = Redaction(sounds=edits((3.5, 7.0, SoundWay.MUTE), (8.0, 8.5, SoundWay.TONE)))
    plain = sound_veil_of(redaction, as_it_is, SEED)(DeckCamera("one", parts))
    assert [each.part for each in plain.hidden] == [0, 1, 1]
    moved = []
    for each in parts:
        model = TimeModel(wall_time("one", each.model.start), Micros(1000), drift)
        span = TimeRange(wall_time("one", each.range.start), wall_time("one", each.range.end))
        moved.append(type(each)(each.source, model, span))
    by_others = sound_veil_of(redaction, wall_time, SEED)(DeckCamera("one", tuple(moved)))
    for one, other in zip(plain.hidden, by_others.hidden, strict=True):
        assert abs(one.begin - other.begin) <= 2 and abs(one.end - other.end) <= 2
    sound = played(by_others, DeckCamera("one", tuple(moved)), 12 * RATE)
    assert np.abs(sound[3 * RATE : int(3.4 * RATE)]).max() > 0.4
    assert not sound[int(3.5 * RATE) : 7 * RATE].any()
    assert np.abs(sound[int(7.2 * RATE) : int(7.9 * RATE)]).max() > 0.4
    assert np.abs(sound[int(8.1 * RATE) : int(8.4 * RATE)]).max() < 0.11


@pytest.mark.parametrize("rate", [500, 1000, 1500])
def test_muted_is_silent_at_every_pace_of_a_device(rate: int) -> None:
    room = Room([sound_part(wav(tone(6)), 6)])
    room.fed[0].feed.veil(1, SoundVeil((HiddenSound(0, Micros(SECOND), Micros(2 * SECOND), SoundWay.MUTE),)))
    room.fed[0].ring.veil = 1
    room.clock.change(at=Utc(START), rate=rate, playing=True)
    room.play(3 * NORMAL / rate)
    heard = [((instant - START) / SECOND, block) for instant, block in room.heard]
    quiet = [block for since, block in heard if 1.0 <= since <= 1.9]
    loud = [block for since, block in heard if 0.2 < since < 0.8 or 2.3 < since < 2.8]
    assert not np.concatenate(quiet).any()
    assert all(np.abs(block).max() > 0.2 for block in loud)


def test_what_was_decoded_before_is_not_heard_once_it_is_to_be_hidden() -> None:
    """Also before the process that decodes knows of it, and then again as it was recorded."""
    room = Room([sound_part(wav(claps(8, np.arange(0.1, 7.9, 0.1).tolist())), 8)])
    camera_ = room.fed[0]
    room.clock.change(at=Utc(START), playing=True)
    assert np.abs(room.play(1)).max() > 0.5
    camera_.ring.veil = 1  # the window asks for it; nobody has told the feed yet
    assert np.abs(room.play(0.5)[480:]).max() < 0.02
    camera_.feed.veil(1, SoundVeil(voices=True, seed=SEED))
    assert np.abs(room.play(1)).max() > 0.02
    camera_.ring.veil = 2
    assert not room.play(0.2)[480:].any()
    camera_.feed.veil(2, BARE)
    assert np.abs(room.play(1)).max() > 0.5


def test_a_feed_that_begins_under_a_veil_never_gives_the_original() -> None:
    clock = Room().clock
    veil = SoundVeil((HiddenSound(0, Micros(0), Micros(3 * SECOND), SoundWay.MUTE),))
    mine = Fed(clock, [sound_part(wav(tone(4)), 4)], veil=(5, veil))
    mine.ring.veil = 5
    clock.change(at=Utc(START + SECOND), playing=True, held=True)
    mine.fill()
    found = mine.ring.look()
    out = np.ones((found.end - found.first, 2), np.float32)
    assert found.veil == 5 and mine.ring.copy(found, found.first, out)
    assert len(out) > RATE // 2 and not out.any()


def test_a_deck_is_veiled_from_the_call_on_with_all_that_comes_later() -> None:
    speaker, hands = Speaker(), Hands()

    def silent(camera_: DeckCamera) -> SoundVeil:
        return SoundVeil(tuple(HiddenSound(n, Micros(0), Micros(60 * SECOND), None) for n in range(len(camera_.parts))))

    deck = Deck([camera(part(CLIP), key="one")], monotonic=hands, device=speaker)
    try:
        assert deck.wait_settled(WAIT)
        deck.set_levels({"one": 1.0})
        deck.play()
        let_go(deck)
        hands.move(100_000)
        until(deck, lambda: speaker.hears() > 0.1)
        deck.veil_sound(silent)
        speaker.play(480)  # where it stood fades
        before = deck._views["one"].process.ring.look().generation
        until(deck, lambda: speaker.hears() == 0 and deck._views["one"].process.ring.look().generation > before)
        deck.set_cameras([camera(part(CLIP), key="one"), camera(part(CLIP), key="two")])
        deck.set_levels({"one": 1.0, "two": 1.0})
        rings = [view.process.ring for view in deck._views.values()]
        until(deck, lambda: speaker.hears() == 0 and all(r.look().veil == r.veil and r.look().end for r in rings))
        deck.veil_sound(None)
        until(deck, lambda: speaker.hears() > 0.1)
    finally:
        deck.close()


def test_a_part_without_sound_is_only_silent() -> None:
    model = TimeModel(Utc(START), Micros(1000), 0)
    short = SoundPart(model, TimeRange(Utc(START), Utc(START + SECOND))), partial(io.BytesIO, wav(tone(0.2)))
    veil = SoundVeil(
        (HiddenSound(0, Micros(0), Micros(SECOND), SoundWay.TONE), HiddenSound(1, Micros(0), Micros(9), None))
    )
    found = fed(veil, [short, None], Utc(START))
    assert len(found) == RATE and np.abs(found).max() < 0.11
