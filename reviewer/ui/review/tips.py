"""The timeline's tool tips: what did not fit there as words."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from reviewer.domain.timebase import Utc
from reviewer.ui.review.clocks import place
from reviewer.ui.review.scene import Layout, Scene
from reviewer.ui.times import Zone


def tip(scene: Scene, mark: str | None, plan: Layout, at: QPoint, instant: Utc, zone: Zone) -> str:
    """Of the mark under the pointer, else of the lane."""
    return bookmark_tip(scene, mark, zone) if mark is not None else lane_tip(scene, plan, at, instant, zone)


def bookmark_tip(scene: Scene, id_: str, zone: Zone) -> str:
    """Its kind, place, what it says of which allegation, and its text; "" if it is not there any more."""
    found = scene.bookmarks.get(id_)
    if found is None:
        return ""
    head = f"{scene.marked.kind(found.kind).words} {place(zone, found.at)}"
    return "\n".join(each for each in (head, *(s.words for s in scene.marked.says(id_)), found.text) if each)


def lane_tip(scene: Scene, plan: Layout, at: QPoint, instant: Utc, zone: Zone) -> str:
    """Whose lane it is, or the time under the pointer and what the camera did then."""
    index = plan.lane_at(at.y())
    if index is None:
        return "\n".join(_band_words(scene, "", instant, zone)) if plan.strip.contains(at) else ""
    camera = scene.cameras[index]
    if at.x() < plan.header:
        return f"{camera.manifest.officer}, {camera.model}"
    words = next((s.words for s in scene.stretches[camera.key] if instant in s.range), "")
    return "\n".join(
        each for each in (zone.clock(instant), words, *_band_words(scene, camera.key, instant, zone)) if each
    )


def _band_words(scene: Scene, camera: str, instant: Utc, zone: Zone) -> list[str]:
    """What the bands under the pointer say, and from when to when."""
    found = [(bands.words, bands.at(camera, instant)) for bands in scene.bands.values()]
    return [f"{words}, {zone.clock(r.start)} – {zone.clock(r.end)}".lstrip(", ") for words, r in found if r is not None]
