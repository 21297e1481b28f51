"""A made-up incident for the review screen's tests: nine cameras, every state, drawn pictures, marks, loudness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.recording import Buffer, Clock, ClockSource, Device, Ingest, Kind, Manifest, Part
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, parse_rfc3339
from reviewer.media.camera import TilePicture
from reviewer.records.queries import Watched
from reviewer.ui.review.cameras import PartStanding, ReviewCamera, Standing
from reviewer.ui.review.peaks import Peaks
from reviewer.ui.review.scene import WatchedStretch
from reviewer.ui.times import Zone

ZONE = Zone.named("Europe/Helsinki")
NOW = parse_rfc3339("2026-06-13T19:42:17.480000Z")
PEOPLE = (
    "Ofc. A. Niemi 2214",
    "Ofc. L. Korhonen 1873",
    "Ofc. M. Virtanen 2051",
    "Ofc. S. Laine 1940",
    "Ofc. T. Mäkelä 2307",
    "Ofc. J. Heikkinen 1688",
    "Ofc. E. Koskinen 2119",
    "Ofc. P. Järvinen 2402",
    "Ofc. H. Lehtonen 1755",
)


def at(clock: str) -> Utc:
    """Local time of the incident's evening: at("22:42:17.48")."""
    return parse_rfc3339(f"2026-06-13T{clock}+03:00")


def manifest(number: int, *parts: tuple[str, str], clock: Clock | None = None, silent: int = 0) -> Manifest:
    """A recording with parts (local start, local end); `silent` seconds of pre-event buffer."""
    made = tuple(
        Part(f"{number}{i:063}", 1 << 20, f"{i:064}", 1 << 20, at(a), Micros(at(b) - at(a)), f"p{i}.mp4")
        for i, (a, b) in enumerate(parts)
    )
    return Manifest(
        recording_id=f"rec-{number}",
        agency="helsinki.example",
        officer=PEOPLE[(number - 1) % 9],
        device=Device("AXIS", "W110"),
        kind=Kind.VIDEO,
        parts=made,
        clock=clock or Clock(ClockSource.GPS, Micros(12_000)),
        ingest=Ingest("ws-1", NOW, "0.1"),
        sealed_data_keys=(),
        buffer=Buffer(Micros(silent * SECOND)) if silent else None,
        stop="Officer’s stop" if number == 2 else None,
    )


_GPS, _DOCK, _FILE = ClockSource.GPS, ClockSource.MANIFEST, ClockSource.CONTAINER
_MADE = (
    manifest(1, ("22:39:10", "22:49:20"), clock=Clock(_GPS, Micros(12_000), Micros(-37_000_000)), silent=30),
    manifest(2, ("22:40:01", "22:46:10"), ("22:47:40", "22:49:58"), clock=Clock(_GPS, Micros(22_000), Micros(310_000))),
    manifest(3, ("22:38:30", "22:48:48"), clock=Clock(_DOCK, Micros(240_000), Micros(-1_920_000))),
    manifest(4, ("22:38:04", "22:41:12"), ("22:44:02", "22:49:40"), clock=Clock(_GPS, Micros(18_000))),
    manifest(5, ("22:38:39", "22:41:00"), ("22:41:00", "22:49:10"), clock=Clock(_GPS, Micros(31_000), Micros(20_000))),
    manifest(6, ("22:39:00", "22:41:40"), ("22:41:40", "22:46:00"), clock=Clock(_GPS, Micros(15_000))),
    manifest(7, ("22:38:20", "22:48:00"), clock=Clock(_GPS, Micros(12_000))),
    manifest(8, ("22:41:50", "22:49:30"), clock=Clock(_DOCK, Micros(40_000), Micros(2_100_000)), silent=45),
    manifest(9, ("22:40:20", "22:47:30"), clock=Clock(_FILE, Micros(4_000_000))),
)
_STANDING = {
    5: (PartStanding(), PartStanding(Standing.FETCHING, 0.63, "about 2 min left")),
    6: (PartStanding(), PartStanding(Standing.QUARANTINED)),
}


def cameras(count: int) -> tuple[ReviewCamera, ...]:
    """1 to 9 are the incident's; more are like the first."""
    found = [ReviewCamera(i, m, _STANDING.get(i, ()), assigned=i != 7) for i, m in enumerate(_MADE[:count], 1)]
    for number in range(10, count + 1):
        found.append(ReviewCamera(number, replace(_MADE[0], recording_id=f"rec-{number}", officer=f"Ofc. X. {number}")))
    return tuple(found)


def street(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """A BGRA picture that is not plain: sky, road, houses, two figures."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = rows / height, columns / width
    image = np.zeros((height, width, 4), np.uint8)
    image[..., 3] = 255
    sky = np.stack((90 - 50 * y, 60 + 40 * y, 60 + 80 * y), -1)
    image[..., :3] = np.clip(sky, 0, 255)
    road = y > 0.55 + 0.1 * np.abs(x - 0.5)
    image[road, :3] = (52, 48, 46)
    rng = np.random.default_rng(seed)
    for side in (0, 1):
        for i in range(6):
            left = (0.07 * i) if side == 0 else (1 - 0.07 * (i + 1))
            top = 0.05 + 0.07 * i
            house = (x >= left) & (x < left + 0.07) & (y > top) & (y < 0.75 - 0.03 * i)
            image[house, :3] = rng.integers(50, 110, 3)
            lit = house & ((columns // max(2, width // 60)) % 3 == 0) & ((rows // max(2, height // 30)) % 3 == 0)
            image[lit, :3] = (90, 170, 210)
    for i, colour in enumerate(((70, 50, 35), (40, 90, 120))):
        middle = 0.38 + 0.22 * i + 0.02 * (seed % 5)
        body = (np.abs(x - middle) < 0.025) & (y > 0.52) & (y < 0.86)
        image[body, :3] = colour
        vest = body & (np.abs(y - 0.66) < 0.02)
        image[vest, :3] = (60, 230, 220)
    return np.ascontiguousarray(image)


def picture(
    state: TileState,
    size: tuple[int, int] = (640, 360),
    *,
    seed: int = 1,
    late: int = 0,
    note: str = "",
    fidelity: Fidelity = Fidelity.ORIGINAL,
) -> TilePicture:
    shown = state in (TileState.PLAYING, TileState.LATE, TileState.STILL)
    image = street(*size, seed) if shown else None
    return TilePicture(state, image, 0, 0, NOW, Utc(NOW + 33_366), Micros(late * 1000), note, fidelity)


STATES = (
    TileState.PLAYING,
    TileState.PLAYING,
    TileState.LATE,
    TileState.GAP,
    TileState.NOT_DOWNLOADED,
    TileState.CORRUPT,
    TileState.NO_PERMISSION,
    TileState.PLAYING,
    TileState.PLAYING,
)


def pictures(sizes: dict[str, tuple[int, int]]) -> dict[str, TilePicture]:
    """For each camera key the state that the incident has at NOW, decoded to fit 16:9 into its size."""
    found = {}
    for key, (width, height) in sizes.items():
        number = int(key.rsplit("-", 1)[1])
        wide = min(width, int(height * 16 / 9)) & ~1
        state = STATES[(number - 1) % 9]
        size = (max(2, wide), max(2, int(wide * 9 / 16) & ~1))
        found[key] = picture(state, size, seed=number, late=140 if state is TileState.LATE else 0)
    return found


def bookmark(
    id_: str,
    start: str,
    end: str = "",
    kind: str = "moment",
    text: str = "",
    on: tuple[int, ...] = (),
) -> Bookmark:
    """On the cameras of these numbers (their first part), or on all."""
    place = TimeRange(at(start), at(end or start))
    marks = tuple(
        Mark(
            f"rec-{n}", 0, Micros(place.start - _MADE[n - 1].range.start), Micros(place.end - _MADE[n - 1].range.start)
        )
        for n in on
    )
    return Bookmark(id_, "CR-2026-0142", place, marks, kind, text, "k.salo", NOW, "origin", 1)


BOOKMARKS = (
    bookmark("b1", "22:40:31", kind="speech", text="First words to the driver.", on=(1,)),
    bookmark("b2", "22:41:20", "22:41:44", "warning", "Warning called out twice, hand raised.", on=(2,)),
    bookmark(
        "b3",
        "22:42:05",
        "22:42:28",
        "force",
        "Arm taken behind the back; person goes to the ground. Left hand not in view of either camera.",
        on=(1, 3),
    ),
    bookmark(
        "b4",
        "22:42:15.2",
        kind="question",
        text="“I’m not resisting” (camera 1) and the fall (camera 3): which came first cannot be decided.",
        on=(1, 3),
    ),
    bookmark("b5", "22:43:40", kind="moment", text="", on=(1,)),
    bookmark(
        "b6",
        "22:44:10",
        "22:45:40",
        "injury",
        "Kneels, asks “Can you breathe?”, calls for an ambulance.",
        on=(1,),
    ),
)


def watched(count: int) -> dict[str, tuple[WatchedStretch, ...]]:
    spans = {
        1: (("22:39:10", "22:45:05", False), ("22:46:30", "22:47:12", True)),
        2: (("22:40:01", "22:44:20", False),),
        3: (("22:38:30", "22:40:10", True), ("22:41:50", "22:43:00", False)),
        4: (("22:38:20", "22:41:12", False),),
        6: (("22:39:00", "22:41:40", False),),
        9: (("22:41:50", "22:43:00", False),),
    }
    return {
        f"rec-{n}": tuple(WatchedStretch(TimeRange(at(a), at(b)), fast) for a, b, fast in spans.get(n, ()))
        for n in range(1, count + 1)
    }


def peaks(camera: ReviewCamera) -> list[Peaks]:
    """Speech-like loudness for each part."""
    rng = np.random.default_rng(camera.number)
    found = []
    for part in camera.manifest.parts:
        count = part.duration * 20 // SECOND
        swell = 0.1 + 0.5 * np.abs(np.sin(np.arange(count) / 700 + camera.number)) ** 4
        phrase = np.repeat(rng.random(count // 40 + 1) ** 2, 40)[:count]
        loud = (swell * phrase * (0.4 + 0.6 * rng.random(count)) * 32_000).astype(np.int16)
        found.append(Peaks(part.started_at, 20, np.stack((-loud, loud), axis=1)))
    return found


def span(start: int, end: int, rate: int = 1000, width: int = 640) -> Watched:
    """A stretch of camera 1 that was shown."""
    return Watched("rec-1", TimeRange(Utc(start), Utc(end)), rate, width, width, False, "u", Utc(0), "complaint")
