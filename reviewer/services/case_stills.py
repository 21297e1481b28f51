"""The pictures of a case's report: the original frame of each exhibit, made smaller, with where and when it is.

Each is decoded anew from the verified part, and an entry names it by its SHA-256 before the report leaves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from PIL import Image

from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import StillSaved
from reviewer.domain.report import Picture
from reviewer.domain.timebase import format_rfc3339
from reviewer.media.still import Still, original, originals
from reviewer.services.case_sources import CaseSources, Shown
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.rolling_words import plus_minus

MOST = 120
"""Stills in one report; those after are named and left out."""
_WIDTH = 1_280  # pixels: 200 a inch at the width that it has on paper
_QUALITY = 88
_SIDE_BY_SIDE = 2
_LOOK_EVERY = 0.1  # seconds between two words of how far it is


@dataclass(frozen=True, slots=True)
class Taken:
    """The pictures by exhibit (id), the entries that name them, and sentences on those that are not here."""

    pictures: Mapping[str, tuple[Picture, ...]]
    entries: tuple[StillSaved, ...]
    missing: tuple[str, ...]


def stills(case: CaseSources, footage: Footage, step: Callable[[int, int], None], stopped: Callable[[], bool]) -> Taken:
    """Decode a frame for every place of every exhibit. Takes its time; `step` is told how many of how many are done,
    and after each of them `stopped` is asked: what is there then is returned."""
    wanted = [each for places in case.shown.values() for each in places][:MOST]
    left_out = sum(map(len, case.shown.values())) - len(wanted)
    missing: list[str] = [f"{left_out} more stills are left out."] * bool(left_out)
    made: dict[int, _Made] = {}
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="case-still") as pool:
        asked = [pool.submit(_of_camera, case, footage, each, made, missing, stopped) for each in _by_camera(wanted)]
        while wait(asked, _LOOK_EVERY).not_done:
            step(len(made), len(wanted))
    for future in asked:
        future.result()
    step(len(made), len(wanted))
    found = {n: picture for n, (picture, _) in made.items()}
    entries = [entry for _, (_, entry) in sorted(made.items())]
    pictures: dict[str, tuple[Picture, ...]] = {}
    for n in sorted(found):
        key = wanted[n].exhibit.id
        pictures[key] = (*pictures.get(key, ()), found[n])
    return Taken(pictures, tuple(entries), tuple(missing))


_Made = tuple[Picture, StillSaved]
_Places = list[tuple[int, Shown]]


def _by_camera(wanted: Sequence[Shown]) -> Iterable[_Places]:
    """The places of each camera: what one part holds is read by one process."""
    places: dict[str, _Places] = {}
    for n, shown in enumerate(wanted):
        places.setdefault(shown.mark.recording, []).append((n, shown))
    return places.values()


def _of_camera(
    case: CaseSources,
    footage: Footage,
    places: _Places,
    made: dict[int, _Made],
    missing: list[str],
    stopped: Callable[[], bool],
) -> None:
    """Each place's picture into `made`. After one that cannot be read the others are asked for one by one."""
    camera = case.camera(places[0][1].mark.recording)
    if camera is None or not camera.assigned:
        missing += [f"{shown.exhibit.name}: its camera is not assigned." for _, shown in places]
        return
    deck = footage.deck_camera(camera)
    try:
        with closing(originals(deck, [shown.wall for _, shown in places])) as stills:
            for at, still in stills:
                n, shown = places[at]
                made[n] = _one(case, camera, shown, still)
                if stopped():
                    return
    except ReviewerError:
        for n, shown in (each for each in places if each[0] not in made):
            try:
                made[n] = _one(case, camera, shown, original(deck, shown.wall))
            except ReviewerError as wrong:
                missing.append(f"{shown.exhibit.name}: {wrong.message}")
            if stopped():
                return


def _one(case: CaseSources, camera: CaseCamera, shown: Shown, still: Still) -> _Made:
    manifest = camera.manifest
    part = manifest.parts[shown.mark.part]
    data, size = _jpeg(still)
    made = sha256(data).hexdigest()
    when = f"{format_rfc3339(shown.wall)[:23]}Z".replace("T", " ")
    caption = (
        f"{shown.exhibit.name} · camera {camera.number} · {manifest.officer} · {when} {plus_minus(shown.sigma)}",
        f"recording {manifest.recording_id} · part {shown.mark.part + 1} · pts {still.pts}, base {still.time_base}",
        f"file SHA-256 {part.sha256}",
        f"this picture SHA-256 {made}",
    )
    alt = f"Still of exhibit {shown.exhibit.name}, {manifest.officer}, {when}"
    entry = StillSaved(case.case, manifest.recording_id, still.part, still.pts, made)
    return Picture(data, *size, caption, alt), entry


def _jpeg(still: Still) -> tuple[bytes, tuple[int, int]]:
    """The frame as it is meant to be seen (pixels square), at most `_WIDTH` wide."""
    height, width = still.image.shape[:2]
    wide = round(width * float(still.aspect))
    scale = min(1.0, _WIDTH / wide)
    size = max(1, round(wide * scale)), max(1, round(height * scale))
    picture = Image.fromarray(np.ascontiguousarray(still.image[:, :, 2::-1]))
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), size
