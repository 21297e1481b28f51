"""An open case's added tracks: read on the pool, drawn on the map beside the cameras' own, and the sheet that adds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_wall import CaseWall
from reviewer.domain.errors import ReviewerError
from reviewer.domain.track import Told
from reviewer.domain.track_acts import TrackAdded, TrackWithdrawn
from reviewer.services.case_tracks import AddedTrack, CaseTracks, TrackFile, look, read_again
from reviewer.services.track_export import camera_of, case_tracks, export_tracks, placed_by
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.screen import ReviewScreen
from reviewer.ui.theme import theme_of
from reviewer.ui.track_import import TrackSheet, TrackSource

if TYPE_CHECKING:
    from reviewer.app.desk import Desk


class CaseTracksRoom(QObject):
    """Of one open case, on the GUI thread. What is on the map follows from recorded events alone."""

    def __init__(self, desk: Desk, case: str, wall: CaseWall, screen: ReviewScreen) -> None:
        super().__init__(screen)
        self._desk, self._case, self._wall, self._screen = desk, case, wall, screen
        session = desk.session
        self.tracks = CaseTracks(session.journal.record, session.queries, case, session.case_keys)
        self.sheet: TrackSheet | None = None
        self._drawn: tuple[str, ...] = ()
        wall.beside = self.on_map
        desk.keys.bind(screen, "tracks.show", self.show)
        desk.keys.wear(screen.map.beside, "tracks.show")
        screen.map.beside.clicked.connect(self.show)
        for kind in (TrackAdded, TrackWithdrawn):
            desk.bridge.on(kind, self._recorded, self)

    def show(self) -> None:
        """Open the sheet."""
        if self.sheet is not None:
            return
        screen, desk = self._screen, self._desk
        self.sheet = TrackSheet(
            self._source(),
            desk.bridge,
            desk.keys,
            zone=desk.zone(),
            theme=theme_of(screen).name,
            parent=screen.window(),
        )
        self.sheet.destroyed.connect(self._gone)
        self.sheet.open()

    def lock(self) -> None:
        """Nothing of a case stays on the screen of a locked session."""
        if self.sheet is not None:
            self.sheet.reject()

    def colleagues_did(self) -> None:
        """Other people's logs were read on: other tracks may stand."""
        desk = self._desk
        desk.bridge.watch(desk.pool.submit(self.tracks.tracks), self._stand, self._screen.say, self)

    def _stand(self, tracks: tuple[AddedTrack, ...]) -> None:
        """The map is drawn anew if it has others, and then fits them all."""
        if tuple(each.id for each in tracks) != self._drawn:
            self._wall.fill_map()
            if self.sheet is not None:
                self.sheet.refresh()

    def _gone(self) -> None:
        self.sheet = None

    def _recorded(self, recorded: object) -> None:
        event = getattr(recorded, "event", recorded)
        if getattr(event, "case", None) == self._case:
            self.colleagues_did()

    # -- on the pool

    def on_map(self) -> tuple[list[MapTrack], list[ReviewerError]]:
        """What stands, as the map draws it, each under a number of its own or its camera's; and what does not open."""
        cameras = self._wall.cameras
        number = max((c.number for c in cameras), default=0)
        found: list[MapTrack] = []
        problems: list[ReviewerError] = []
        standing = self.tracks.tracks()
        self._drawn = tuple(each.id for each in standing)
        for added in standing:
            camera = camera_of(added, cameras)
            if camera is not None and camera.shut:
                continue
            try:
                track = self.tracks.read(added, placed_by(camera))
            except ReviewerError as wrong:
                problems.append(wrong)
                continue
            number += camera is None
            found.append(MapTrack(camera.number if camera is not None else number, added.whose, track))
        return found, problems

    def _source(self) -> TrackSource:
        submit, desk = self._desk.pool.submit, self._desk
        rolling = [c for c in self._wall.cameras if not c.is_still and c.assigned]

        def looked(path: Path, given_up: Callable[[], bool]) -> Future[TrackFile]:
            return submit(partial(look, path, cancelled=given_up))

        def added(file: TrackFile, whose: str, told: Told, camera: str | None) -> Future[str]:
            return submit(lambda: self.tracks.add(file, whose, told, camera).result())

        def withdrawn(track: AddedTrack) -> Future[object]:
            return submit(lambda: self.tracks.withdraw(track).result())

        def undone() -> Future[object] | None:
            done = self.tracks.undo()
            return None if done is None else submit(done.result)

        return TrackSource(
            looked,
            lambda file, told: submit(read_again, file, told),
            added,
            withdrawn,
            undone,
            lambda: submit(self.tracks.tracks),
            lambda path: submit(self._save, path),
            desk.user_name,
            tuple((c.number, c.manifest.officer, c.key) for c in rolling),
            Path.home() / f"Tracks {self._case}.gpx",
        )

    def _save(self, path: Path) -> Path:
        footage = self._wall.footage
        if footage is None:
            raise ReviewerError("No case is open.", "Open one from the queue.")
        rolling = [c for c in self._wall.cameras if not c.is_still]
        found, problems = case_tracks(footage, rolling, self.tracks)
        for problem in problems:
            self._desk.bridge.post(partial(self._screen.say, problem), self)
        return export_tracks(found, self._case, path, self._desk.session.journal.record)
