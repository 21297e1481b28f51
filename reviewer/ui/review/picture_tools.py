"""What a person does with a picture: look at it otherwise, hold it beside another, save it. Changes no evidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from reviewer.services.playback import Playback, WallPicture
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.comparing import Comparing
from reviewer.ui.review.still import StillRequests, StillSaving
from reviewer.ui.review.video_wall import VideoWall

_PANS = {"look.left": (-1, 0), "look.right": (1, 0), "look.up": (0, -1), "look.down": (0, 1)}
_LIGHTS = {
    "look.brighter": (1, 0, 0),
    "look.darker": (-1, 0, 0),
    "look.contrast": (0, 1, 0),
    "look.flatter": (0, -1, 0),
    "look.gamma": (0, 0, 1),
    "look.gamma_down": (0, 0, -1),
}


class PictureTools(QObject):
    """`failed` carries a ReviewerError, `told` words for the status line, `went` an instant to go to."""

    failed = Signal(object)
    told = Signal(str)
    went = Signal(object)

    def __init__(
        self,
        requests: StillRequests,
        playback: Playback,
        wall: VideoWall,
        bridge: Bridge,
        keys: KeyTable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._wall, self._looking = wall, wall.looking
        self.stills = StillSaving(requests, wall, bridge, self)
        self.comparing = Comparing(requests.original, playback, wall, bridge, self)
        self.stills.failed.connect(self.failed)
        self.stills.saved.connect(self.told)
        self.comparing.failed.connect(self.failed)
        self.comparing.went.connect(self.went)
        wall.tools.wear(keys)
        wall.menu.wear(keys)

    def refresh(self, picture: WallPicture, cameras: tuple[ReviewCamera, ...]) -> None:
        """What the tools say of the pictures that are shown. Ten times a second is enough."""
        self.stills.refresh()
        self.comparing.show(picture, cameras)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Command id → what it does with the focused camera's picture."""
        looking, comparing = self._looking, self.comparing
        found: dict[str, Callable[[], object]] = {
            "look.nearer": looking.nearer,
            "look.farther": lambda: looking.nearer(-1),
            "look.whole": looking.whole,
            "look.turn": looking.turn,
            "look.undo": looking.undo,
            "look.reset": looking.reset,
            "compare.toggle": comparing.toggle,
            "compare.again": comparing.hold,
            "compare.swap": comparing.swap,
            "still.save": self.stills.save,
            "still.all": self.stills.save_all,
        }
        found |= {command: partial(looking.pan, *by) for command, by in _PANS.items()}
        found |= {command: partial(looking.light, *by) for command, by in _LIGHTS.items()}
        return found
