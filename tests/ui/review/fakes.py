"""Stand-ins below the review screen: a playback that shows drawn pictures and writes down what was asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from PySide6.QtWidgets import QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.domain.case_acts import ThingSet
from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn, Event
from reviewer.domain.thing import WITHDRAWN, Edit, Field, Thing
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.media.camera import TilePicture
from reviewer.media.mixer import SoundState
from reviewer.services.annotation import Annotations, bookmark_of
from reviewer.services.journal import Recorded
from reviewer.services.playback import HeldPicture, WallPicture
from reviewer.services.still import SavedStill, SavedStills
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.filmstrip import RequestThumbs
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.screen import ReviewScreen, ReviewServices
from reviewer.ui.review.still import StillRequests
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import samples


@dataclass
class FakePlayback:
    """Stands where it is put. `calls` is what was asked, `told` what was said to be painted. `frame`: how long each of
    its frames is, and that they follow the clock; None: the same ones stand for ever."""

    range: TimeRange = field(default_factory=lambda: TimeRange(samples.at("22:38:00"), samples.at("22:50:00")))
    at: Utc = samples.NOW
    playing: bool = False
    follows: bool = False
    arrived: bool = False
    rate: float = 1.0
    levels: dict[str, float] = field(default_factory=dict)
    loop: TimeRange | None = None
    covered: str | None = None
    stopped: str | None = None
    sound_state: SoundState = field(default_factory=lambda: SoundState((), False))
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    told: list[WallPicture] = field(default_factory=list)
    apart: Micros = field(default_factory=lambda: Micros(9_000))
    compared: HeldPicture | None = None
    held_size: tuple[int, int] = (0, 0)
    frame: Micros | None = None
    _made: dict[tuple[str, tuple[int, int]], TilePicture] = field(default_factory=dict)

    def now(self) -> Utc:
        return self.at

    def play(self, rate: float = 1.0) -> None:
        self.calls.append(("play", rate))
        self.playing, self.rate = True, rate

    def pause(self) -> None:
        self.calls.append(("pause",))
        self.playing = False

    def seek(self, at: Utc) -> None:
        self.calls.append(("seek", at))
        self.at = at

    def step(self, key: str, by: int) -> Utc:
        self.calls.append(("step", key, by))
        self.at = self.range.clamp(Utc(self.at + by * 33_366)) if by != 0 else self.at
        return self.at

    def set_loop(self, loop: TimeRange | None) -> None:
        self.calls.append(("loop", loop))
        self.loop = loop

    def set_levels(self, levels: Mapping[str, float]) -> None:
        self.calls.append(("levels", dict(levels)))
        self.levels = dict(levels)

    @property
    def heard(self) -> tuple[str, ...]:
        return tuple(self.levels)

    def set_tile_size(self, key: str, width: int, height: int) -> None:
        self.sizes[key] = (width, height)

    def cover(self, why: str | None) -> None:
        self.calls.append(("cover", why))
        self.covered = why

    def tick(self) -> WallPicture:
        covered = self.covered or self.stopped
        shown = {} if covered else {k: self._picture(k, s) for k, s in self.sizes.items() if s[0]}
        held = None if covered else self.compared
        return WallPicture(self.at, shown, covered, self.apart, self.playing, self.rate, settled=True, held=held)

    def compare(self, key: str, picture: TilePicture) -> None:
        self.compared = HeldPicture(key, picture)

    def end_compare(self) -> None:
        self.compared = None

    def set_held_size(self, width: int, height: int) -> None:
        self.held_size = (width, height)

    def _picture(self, key: str, size: tuple[int, int]) -> TilePicture:
        """The same object as long as nothing changed, as the deck does it."""
        if (key, size) not in self._made:
            self._made[key, size] = samples.pictures({key: size})[key]
        made = self._made[key, size]
        if self.frame is not None and made.image is not None and made.at != self.at:
            made = self._made[key, size] = replace(made, at=self.at, until=Utc(self.at + self.frame))
        return made

    def painted(self, wall: WallPicture) -> None:
        self.told.append(wall)


class FakeStills:
    """Answers when told to. `asked` is what was to be saved, `wanted` what was to be held."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, TilePicture]] = []
        self.all: list[tuple[list[tuple[str, TilePicture]], Callable[[int], None], threading.Event]] = []
        self.wanted: list[tuple[str, TilePicture]] = []
        self.futures: list[Future[SavedStill]] = []
        self.rounds: list[Future[SavedStills]] = []
        self.originals: list[Future[TilePicture]] = []

    def save(self, key: str, picture: TilePicture) -> Future[SavedStill]:
        self.asked.append((key, picture))
        self.futures.append(Future())
        return self.futures[-1]

    def save_all(
        self, wanted: Sequence[tuple[str, TilePicture]], progress: Callable[[int], None], stop: threading.Event
    ) -> Future[SavedStills]:
        self.all.append((list(wanted), progress, stop))
        self.rounds.append(Future())
        return self.rounds[-1]

    def original(self, key: str, picture: TilePicture) -> Future[TilePicture]:
        self.wanted.append((key, picture))
        self.originals.append(Future())
        return self.originals[-1]


class FakeLog:
    """Records at once, or when told to; holds the bookmarks, and the things of the case, as the projection would. Who
    listens is told after the Future is answered, as the journal does it."""

    def __init__(self, bookmarks: tuple[Bookmark, ...] = ()) -> None:
        self.events: list[Event] = []
        self.broken = False
        self.later: list[Callable[[], None]] | None = None
        self.listeners: list[Callable[[Recorded], None]] = []
        self._all = {b.id: b for b in bookmarks}
        self._things: dict[type[ThingSet], dict[str, dict[str, Field]]] = {}
        self._edits: list[tuple[type[Event], Edit]] = []

    def each_bookmark(self, _case: str) -> Iterator[Bookmark]:
        return iter([b for b in self._all.values() if b.stands])

    def bookmark(self, _case: str, id_: str) -> Bookmark | None:
        return self._all.get(id_)

    def things(self, _case: str, kind: type[ThingSet], id_: str | None = None) -> tuple[Thing, ...]:
        known = self._things.get(kind, {})
        return tuple(Thing(name, fields) for name, fields in known.items() if id_ in (None, name))

    def edits(self, _case: str, kind: type[ThingSet], id_: str | None = None) -> tuple[Edit, ...]:
        return tuple(edit for cls, edit in self._edits if cls is kind and id_ in (None, edit.thing))

    def mark_edits(self, _case: str, mark: str) -> tuple[Edit, ...]:
        return tuple(edit for cls, edit in self._edits if not issubclass(cls, ThingSet) and edit.thing == mark)

    def record(self, event: Event) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        if self.later is None:
            self._write(event, future)
        else:
            self.later.append(lambda: self._write(event, future))
        return future

    def _write(self, event: Event, future: Future[Recorded]) -> None:
        if self.broken:
            future.set_exception(LogUnwritable("The log disk is full.", "Free 2 GB, then press K."))
            return
        recorded = Recorded(event, "helsinki.example/ws-1/k.salo/work/1", len(self.events), samples.NOW)
        self.events.append(event)
        self._fold(event, recorded)
        future.set_result(recorded)
        for listener in self.listeners:
            listener(recorded)

    def _fold(self, event: Event, recorded: Recorded) -> None:
        match event:
            case BookmarkAdded():
                self._all[event.id] = bookmark_of(event, recorded)
                self._note(event, event.id, "kind", event.bookmark_kind, "", recorded)
                self._note(event, event.id, "text", event.text, "", recorded)
            case BookmarkChanged():
                now = self._all[event.id]
                self._all[event.id] = replace(now, kind=event.bookmark_kind, text=event.text, changed=True)
                self._note(event, event.id, "text", event.text, event.base_text, recorded)
            case BookmarkWithdrawn() | BookmarkRestored():
                gone = isinstance(event, BookmarkWithdrawn)
                self._all[event.id] = replace(self._all[event.id], stands=not gone)
                self._note(event, event.id, WITHDRAWN, "yes" if gone else "", "", recorded)
            case ThingSet():
                fields = self._things.setdefault(type(event), {}).setdefault(event.id, {})
                for each in event.changes:
                    index = recorded.index
                    fields[each.field] = Field(each.value, "k.salo", recorded.at, index, recorded.origin, index)
                    self._note(event, event.id, each.field, each.value, each.base, recorded)
            case _:
                pass

    def _note(self, event: Event, thing: str, field_: str, value: str, base: str, recorded: Recorded) -> None:
        edit = Edit(field_, value, base, base, "k.salo", recorded.at, recorded.origin, recorded.index, thing)
        self._edits.append((type(event), edit))


@dataclass
class Stage:
    """A review screen on its fakes, dressed, not yet shown."""

    screen: ReviewScreen
    playback: FakePlayback
    log: FakeLog
    bridge: Bridge
    keys: KeyTable
    window: QWidget


def make_stage(
    count: int = 4,
    *,
    theme: ThemeName = ThemeName.DARK,
    bookmarks: tuple[Bookmark, ...] = samples.BOOKMARKS,
    retry: Callable[[], None] = lambda: None,
    stills: StillRequests | None = None,
    request_thumbs: RequestThumbs | None = None,
    preferences: PreferenceStore | None = None,
) -> Stage:
    playback, log, bridge = FakePlayback(), FakeLog(bookmarks), Bridge()
    preferences = preferences or PreferenceStore()
    keys = KeyTable(preferences)
    log.listeners.append(bridge.listener)
    services = ReviewServices(
        playback=playback,  # type: ignore[arg-type]
        annotations=Annotations(log.record, log, "CR-2026-0142"),  # type: ignore[arg-type]
        retry=retry,
        watched=lambda _key: (),
        name_of=lambda user: {"k.salo": "K. Salo"}.get(user, user),
        stills=stills or FakeStills(),
        request_thumbs=request_thumbs or (lambda _key, _range, _count, _height: Future()),
    )
    screen = ReviewScreen(
        services, keys=keys, zone=samples.ZONE, bridge=bridge, preferences=preferences, map_view=ReviewMap(None, bridge)
    )
    screen.setObjectName("window")
    apply_theme(screen, theme)
    screen.set_cameras(samples.cameras(count))
    return Stage(screen, playback, log, bridge, keys, screen)
