"""Playback: the only way from the deck to the screen. Nothing is handed out that no durable log entry covers.

At each tick the gate (`viewing`) is asked for this instant and for each frame. Where it says no, the clock holds and
what is painted stays; once it says that the log has stopped, every picture is covered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from reviewer.domain.events import Crop, Source, Visible
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime, moved
from reviewer.media.camera import DeckCamera, ProxyChunk, TilePicture
from reviewer.media.deck import Deck, SoundState
from reviewer.media.sound_feed import pace_note
from reviewer.media.sound_veil import SoundVeil
from reviewer.services.spans import Look, Seen, ViewTile
from reviewer.services.tile_words import as_it_is, cover, is_settled, rolling, waiting
from reviewer.services.viewing import BEHIND, Viewing

_APART = (TileState.PLAYING, TileState.LATE)
_UNSEEN = (0, 0)
_LOOKS = 256  # remembered
_GIVEN = 100_000  # µs of wall time for which the sound device has its samples already
_LOCKED = "The session is locked."


@dataclass(frozen=True, slots=True, eq=False)
class HeldPicture:
    """One instant of a camera that stays on the screen while the clock goes on, to compare: its original frame, or a
    word without a picture while that is fetched."""

    key: str
    picture: TilePicture

    def moved(self, before: WallTime, after: WallTime) -> HeldPicture:
        """The same picture, where it stands by other clocks."""
        at, until = (moved(self.key, each, before, after) for each in (self.picture.at, self.picture.until))
        return HeldPicture(self.key, replace(self.picture, at=at, until=until))


@dataclass(frozen=True, slots=True, eq=False)
class WallPicture:
    """What the wall shows at one instant, all tiles from this one. `covered` is why nothing is shown, or None.
    `players_apart` is how far the tiles' frames lie from each other beyond what the clock asks for, in µs: 0 when each
    shows its right frame. `settled`: no tile is opening or late, and at rest each shows its original. `playing` and
    `rate` are what was asked for. `held` is shown beside them. `seen` and `held_seen`, how each stands on
    the screen, are filled in by the screen once it painted them."""

    at: Utc
    pictures: dict[str, TilePicture]
    covered: str | None
    players_apart: Micros
    playing: bool
    rate: float
    settled: bool
    held: HeldPicture | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)
    held_seen: Seen | None = None


class Playback:
    """Of the GUI's thread. The deck and the gate are closed by whoever made them."""

    def __init__(self, deck: Deck, viewing: Viewing) -> None:
        self._deck = deck
        self._viewing = viewing
        self._clocks = SIGNED
        self._rolling: dict[str, tuple[TimeRange, ...]] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._levels: dict[str, float] = {}
        self._may: frozenset[str] = frozenset()  # who may be heard, as the last tick had it
        self._given_levels: dict[str, float] = {}
        self._sounding: tuple[str, ...] = ()  # what is heard now
        self._loud: frozenset[str] = frozenset()  # … and comes out of the device
        self._heard_to: Utc | None = None
        self._looks: dict[tuple[int, int, bool, bool, Visible, Source, Crop | None], Look] = {}
        self._tiles: tuple[ViewTile, ...] = ()
        self._covered: str | None = None
        self._last: dict[str, TilePicture] = {}
        self._held: HeldPicture | None = None
        self._held_size = (0, 0)
        self._held_tile: ViewTile | None = None

    # -- what is on the wall

    def set_cameras(self, cameras: tuple[DeckCamera, ...]) -> None:
        """Exactly these cameras from now on, also while playing."""
        self._deck.set_cameras(cameras)
        self._rolling = {c.key: rolling(c) for c in cameras if c.parts}
        self._last = {key: picture for key, picture in self._last.items() if key in self._rolling}
        if self._held is not None and self._held.key not in self._rolling:
            self.end_compare()
        self._announce()

    def retime(self, cameras: tuple[DeckCamera, ...], clocks: WallTime, at: Utc) -> None:
        """By other clocks from now on: these are those cameras of the deck that move, and `at` is where the play-head
        stands then. What was shown so far is said; nothing is opened anew; playing goes on. A loop is for the caller
        to move."""
        before, self._clocks = self._clocks, clocks
        self._viewing.set_clocks(clocks)
        self._deck.retime(cameras, at)
        for camera in cameras:
            if camera.key in self._rolling:
                self._rolling[camera.key] = rolling(camera)
        self._last, self._heard_to = {}, None
        if self._held is not None:
            self._held = self._held.moved(before, clocks)
        self._tell_held()
        self._announce()
        self._request()

    @property
    def clocks(self) -> WallTime:
        """By which clocks the wall is played."""
        return self._clocks

    def set_tile_size(self, key: str, width: int, height: int) -> None:
        """A tile's picture in device pixels; 0 × 0 while nobody can see it."""
        if _UNSEEN in (self._sizes.get(key), (width, height)):
            self._last.pop(key, None)  # nothing stays on a screen that it was not on
        self._sizes[key] = (width, height)
        self._deck.set_tile_size(key, width, height)
        self._announce()

    def set_proxies(self, key: str, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        """All small copies that this machine has of a part now."""
        self._deck.set_proxies(key, part, chunks)

    def set_levels(self, levels: Mapping[str, float]) -> None:
        """Hear these cameras at these gains (1 as recorded, 0 to 2) and no others. Before any of it is heard, the log
        says which."""
        self._levels = dict(levels)
        self._apply_levels()
        self._announce()

    def veil_sound(self, veil: Callable[[DeckCamera], SoundVeil] | None) -> None:
        """What is not to be heard as it was recorded, of every camera on the wall and of those that come; None: all
        is."""
        self._deck.veil_sound(veil)

    @property
    def levels(self) -> Mapping[str, float]:
        """What is heard, and at what gain."""
        return self._levels

    @property
    def heard(self) -> tuple[str, ...]:
        """The cameras whose sound is chosen."""
        return tuple(self._levels)

    @property
    def sound_state(self) -> SoundState:
        return self._deck.sound_state

    @property
    def range(self) -> TimeRange:
        return self._deck.range

    # -- two instants side by side

    def compare(self, key: str, picture: TilePicture) -> None:
        """Hold this picture of a camera beside the wall, instead of the one held before: its original frame, or a word
        without a picture. It is shown once the log has it, like everything else."""
        if key in self._rolling:
            self._held = HeldPicture(key, picture)
            self._tell_held()

    def end_compare(self) -> None:
        """Let the held picture go."""
        self._held = None
        self._tell_held()

    @property
    def compared(self) -> HeldPicture | None:
        """What is held, if anything."""
        return self._held

    def set_held_size(self, width: int, height: int) -> None:
        """The held picture in device pixels; 0 × 0 while nobody can see it."""
        self._held_size = (width, height)
        self._tell_held()

    def _tell_held(self) -> None:
        held = self._held
        self._held_tile = None
        if held is not None and held.picture.image is not None:
            at, until = held.picture.at, held.picture.until
            frame = TimeRange(at, Utc(min(until, at + BEHIND)))  # a still stands for long: no more is said of it
            self._held_tile = ViewTile(held.key, *self._held_size, audible=False, rolling=(frame,))

    # -- the clock

    def now(self) -> Utc:
        return self._deck.now()

    @property
    def playing(self) -> bool:
        return self._deck.playing

    @property
    def settled(self) -> bool:
        """Whether every camera shows what is right where the clock is."""
        return self._deck.settled

    @property
    def follows(self) -> bool:
        """Whether a hand drags and there is a place of its way yet to be painted."""
        return self._deck.follows

    @property
    def arrived(self) -> bool:
        """Whether a tick now would paint the next place of a hand's way: all of it is there, and its entry."""
        at = self._deck.arrived
        return at is not None and self._viewing.covers(at)

    @property
    def rate(self) -> float:
        return self._deck.rate

    def play(self, rate: float = 1.0) -> None:
        self._deck.play(rate)
        self._request()

    def pause(self) -> None:
        self._deck.pause()
        self._request()

    def seek(self, at: Utc, *, onward: bool = False) -> None:
        """`onward`: it will be played on from there."""
        self._deck.seek(at, onward=onward)
        self._request()

    def step(self, key: str, by: int) -> Utc:
        """One frame of a camera on (1) or back (−1); gives that frame's own time, on which the clock now stands."""
        at = self._deck.step(key, by)
        self._request()
        return at

    def set_loop(self, loop: TimeRange | None) -> None:
        self._deck.set_loop(loop)

    @property
    def loop(self) -> TimeRange | None:
        return self._deck.loop

    # -- the picture

    def cover(self, why: str | None = _LOCKED) -> None:
        """Cover everything and say why, or uncover with None. Covering pauses, and closes the open spans."""
        if why is not None and self._covered is None:
            self._deck.pause()
            self._viewing.rest()
            self._last = {}
        self._covered = why

    def tick(self) -> WallPicture:
        """Once for every repaint: what to paint now."""
        at = self._deck.tick()
        if self._covered is None:
            self._request(at)
        covered = self._covered or (str(self._viewing.stopped) if self._viewing.stopped else None)
        open_here = covered is None and self._viewing.covers(at)
        self._deck.hold(not open_here)
        self._hear(at, open_here=open_here)
        if covered is not None:
            self._last = {}
            return self._wall(at, {key: cover(at, covered) for key in self._deck.cameras}, covered)
        if open_here:
            self._last = {key: self._allowed(at, key, p) for key, p in self._deck.pictures(at).items()}
        shown = {key: as_it_is(at, self._last.get(key) or waiting(at)) for key in self._deck.cameras}
        return self._wall(at, shown, None)

    def _hear(self, at: Utc, *, open_here: bool) -> None:
        """Let those chosen cameras be heard that the log has as heard, here and as far as the sound device was given
        samples already. Who has to wait for its entry silences nobody else."""
        given = Utc(at + round(_GIVEN * max(0.0, self._deck.rate)))
        may = frozenset(
            key
            for key in self._levels
            if all(self._viewing.hears(each, key) for each in (at, given) if self._rolls(key, each))
        )
        audible = [key for key in may if self._rolls(key, at)] if open_here else []
        self._deck.mute(not audible)
        if open_here and may != self._may:
            self._may = may
            self._apply_levels()
        rolling = self._deck.playing and not pace_note(round(self._deck.rate * 1000))
        self._sounding = tuple(k for k in audible if self._levels.get(k, 0) > 0) if rolling else ()
        self._loud = frozenset()
        if self._sounding and (state := self._deck.sound_state).sounding:
            self._loud = frozenset(k for k in self._sounding if k not in state.notes)

    def _apply_levels(self) -> None:
        """A camera that may not be heard yet is made ready all the same."""
        levels = {key: level if key in self._may else 0.0 for key, level in self._levels.items()}
        if levels != self._given_levels:
            self._given_levels = levels
            self._deck.set_levels(levels)

    def _rolls(self, key: str, at: Utc) -> bool:
        return any(at in each for each in self._rolling.get(key, ()))

    def painted(self, wall: WallPicture) -> None:
        """The screen shows this now: say so to the log."""
        seen = {key: p for key, p in wall.pictures.items() if p.image is not None and self._sizes.get(key) != _UNSEEN}
        frames = {key: TimeRange(p.at, p.until) for key, p in seen.items()}
        heard = self._heard_alone(wall.at, frames)
        if wall.covered is None and frames:
            self._viewing.shown(
                wall.at, frames, {key: self._look(key, p, wall.seen.get(key)) for key, p in seen.items()}
            )
        if wall.covered is None and heard:
            visible = next((each.visible for each in wall.seen.values()), Visible.YES)
            self._viewing.heard(wall.at, heard, visible)
        held = self._held.picture if self._held is not None else None
        if wall.covered is None and self._held_tile is not None and wall.held is not None and wall.held.picture is held:
            self._viewing.shown_held(self._held_tile, self._held_look(self._held_tile, held, wall.held_seen))

    def _look(self, key: str, picture: TilePicture, seen: Seen | None) -> Look:
        """How a camera's picture stands there. The same object for the same look: this is asked at every tick."""
        width, height = self._sizes.get(key, _UNSEEN) if seen is None else (seen.width, seen.height)
        visible, crop = (Visible.YES, None) if seen is None else (seen.visible, seen.crop)
        source = Source.PROXY if picture.fidelity is Fidelity.PROXY else Source.ORIGINAL
        said = (width, height, key in self._levels, key in self._loud, visible, source, crop)
        found = self._looks.get(said)
        if found is None:
            if len(self._looks) > _LOOKS:
                self._looks.clear()
            found = self._looks[said] = Look(*said)
        return found

    @staticmethod
    def _held_look(tile: ViewTile, held: TilePicture | None, seen: Seen | None) -> Look:
        seen = seen or Seen(tile.width, tile.height)
        source = Source.PROXY if held is not None and held.fidelity is Fidelity.PROXY else Source.ORIGINAL
        return Look(seen.width, seen.height, False, False, seen.visible, source, seen.crop)

    def _heard_alone(self, at: Utc, frames: Mapping[str, TimeRange]) -> dict[str, TimeRange]:
        """What was heard since the last tick of cameras that did not show it: on another page, or late."""
        since, self._heard_to = self._heard_to, at
        if since is None or not since < at <= since + BEHIND:
            return {}
        alone = [key for key in self._sounding if key not in frames or at not in frames[key]]
        return dict.fromkeys(alone, TimeRange(since, at))

    def stands(self, key: str, picture: TilePicture) -> bool:
        """Whether this very picture of a camera was painted, and a durable entry covers it now."""
        if self._held is not None and self._held_tile is not None and picture is self._held.picture:
            return self._covered is None and self._viewing.stands_held(self._held_tile)
        frame = TimeRange(picture.at, picture.until)
        return self._covered is None and picture.image is not None and self._viewing.stands(self._deck.here, key, frame)

    def camera(self, key: str) -> DeckCamera | None:
        """A camera as it stands on the deck, to open its parts once more; None if it is not on it."""
        return self._deck.camera(key)

    def _allowed(self, at: Utc, key: str, picture: TilePicture) -> TilePicture:
        """This picture, if the gate is open for this very frame; else what the tile shows already."""
        if picture.image is None or self._viewing.covers(at, key, TimeRange(picture.at, picture.until)):
            return picture
        before = self._last.get(key)
        return before if before is not None and before.image is not None else waiting(at)

    def _wall(self, at: Utc, pictures: dict[str, TilePicture], covered: str | None) -> WallPicture:
        seen = {key: p for key, p in pictures.items() if self._sizes.get(key) != _UNSEEN}  # the others are not decoded
        late = [p.late for p in seen.values() if p.state in _APART]
        apart = Micros(max(late) - min(late)) if late else Micros(0)
        playing = self._deck.playing
        settled = all(is_settled(p, playing) for p in seen.values())
        held = self._held_now(at, covered)
        return WallPicture(at, pictures, covered, apart, playing, self._deck.rate, settled, held)

    def _held_now(self, at: Utc, covered: str | None) -> HeldPicture | None:
        held, tile = self._held, self._held_tile
        if held is None or (covered is None and (tile is None or self._viewing.covers_held(tile))):
            return held
        return HeldPicture(held.key, waiting(at) if covered is None else cover(at, covered))

    def _request(self, at: Utc | None = None) -> None:
        if self._covered is None and self._rolling:
            rate = round(self._deck.rate * 1000) if self._deck.playing else 0
            here, coming = self._deck.here if at is None else at, self._deck.now()
            self._viewing.request(here, rate, self._tiles, coming)
            self._viewing.hold((self._held_tile,) if self._held_tile is not None else ())

    def _announce(self) -> None:
        """The wall is another one. The next tick asks the gate: one entry for a new layout, not one for each tile."""
        self._tiles = tuple(
            ViewTile(key, *self._sizes.get(key, (0, 0)), audible=key in self._levels, rolling=rolling)
            for key, rolling in self._rolling.items()
        )
