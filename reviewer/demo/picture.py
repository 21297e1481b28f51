"""One camera's frames: the street as it looks from there at an instant, with what the camera burns in."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from reviewer.demo import barcode, vehicles
from reviewer.demo.backdrop import Backdrop
from reviewer.demo.camera import CameraSpec, pose_at
from reviewer.demo.canvas import Image
from reviewer.demo.figures import paint_bag, paint_person
from reviewer.demo.lens import Lens
from reviewer.demo.scene import Bag, Moment, Person, Scene, Van
from reviewer.demo.thing import Thing
from reviewer.domain.timebase import Utc, to_datetime

_TRACKS = (1.72, -1.78)  # y of the eastern tram's track (westbound) and of the western one's
_FONT = cv2.FONT_HERSHEY_SIMPLEX


class Painter:
    """Paints one camera's frames into a picture of its own, which the next frame overwrites."""

    def __init__(self, spec: CameraSpec, scene: Scene, index: int, seed: int) -> None:
        self._spec, self._scene, self._index = spec, scene, index
        self._backdrop = Backdrop(seed)
        self._image: Image = np.zeros((spec.height, spec.width, 3), dtype=np.uint8)
        self._text_scale = spec.height / 1080 * 0.9
        widest = self._caption("0000-00-00 00:00:00.00Z")
        width = cv2.getTextSize(widest, _FONT, self._text_scale, self._text_width)[0][0]
        self._text_at = (spec.width - width - spec.height // 30, round(spec.height * 0.062))

    def frame(self, instant: Utc) -> Image:
        """The picture (h×w×3, blue green red) of a true UTC instant."""
        image, spec = self._image, self._spec
        t = self._scene.schedule.seconds(instant)
        lens = Lens(pose_at(self._scene.officers[self._index], t, spec), spec.width, spec.height, spec.field_of_view)
        self._backdrop.paint(image, lens, self._movers(lens, self._scene.at(t)))
        own = to_datetime(Utc(instant + spec.clock_error))
        self._burn_in(own.strftime("%Y-%m-%d %H:%M:%S.") + f"{own.microsecond // 10_000:02d}Z")
        barcode.paint(image, instant, spec.number)
        return image

    def _movers(self, lens: Lens, moment: Moment) -> list[Thing]:
        """Everything that moves but the wearer."""
        van, bag = moment.van, moment.bag
        things = [Thing(lens.depth(bag.x, bag.y), np.array([[bag.x, bag.y]]), partial(_bag, bag))]
        for i, person in enumerate(moment.people):
            if i != self._index:
                place = np.array([[person.x, person.y]])
                things.append(Thing(lens.depth(person.x, person.y), place, partial(_person, person)))
        along = np.array([[-2.5, 0.0], [0.0, 0.0], [2.5, 0.0]])
        things.append(Thing(lens.depth(van.x, van.y), along + np.array([van.x, van.y]), partial(_van, van)))
        for x, y in zip(moment.trams, _TRACKS, strict=True):
            ends = np.array([[x + ahead, y] for ahead in (-9.0, -4.5, 0.0, 4.5, 9.0)])
            things.append(Thing(lens.depth(x, y), ends, partial(_tram, x, y)))
        return things

    @property
    def _text_width(self) -> int:
        return max(1, round(self._text_scale * 2))

    def _caption(self, clock: str) -> str:
        spec = self._spec
        return f"{clock}  {spec.make.upper()} {spec.model}  {spec.name.upper()} {spec.badge}"

    def _burn_in(self, clock: str) -> None:
        text, (x, y) = self._caption(clock), self._text_at
        width = self._text_width
        cv2.putText(
            self._image, text, (x + width, y + width), _FONT, self._text_scale, (30, 24, 22), width, cv2.LINE_AA
        )
        cv2.putText(self._image, text, (x, y), _FONT, self._text_scale, (240, 238, 236), width, cv2.LINE_AA)


def _bag(bag: Bag, image: Image, lens: Lens) -> None:
    paint_bag(image, lens, bag)


def _person(person: Person, image: Image, lens: Lens) -> None:
    paint_person(image, lens, person)


def _van(van: Van, image: Image, lens: Lens) -> None:
    vehicles.paint_van(image, lens, van)


def _tram(x: float, y: float, image: Image, lens: Lens) -> None:
    vehicles.paint_tram(image, lens, x, y)
