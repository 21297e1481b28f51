"""How a person looks at a camera’s picture: nearer, turned, lighter. No change of the recording, nor of a still."""

from __future__ import annotations

from dataclasses import dataclass, replace

WHOLE = 1_000  # thousandths: the whole picture
NEAREST = 16_000
ALL = 1_000_000  # x and y count in millionths of the picture
GAMMAS = (25, 32, 40, 50, 63, 80, 100, 125, 160, 200, 250, 320, 400)
PLAIN = 100  # a gamma that changes nothing
MOST = 100  # of brightness and contrast, either way


@dataclass(frozen=True, slots=True)
class Lens:
    """`zoom` in thousandths, 1000 (the whole picture) to 16000; the point (`x`, `y`) of the picture, in millionths of
    its width and height as it stands after turning, is in the middle of what is seen. `turn` is clockwise, in degrees.
    `brightness` and `contrast` −100 to 100; `gamma` in hundredths, 25 to 400, over 100 lightens the middle tones.
    Raises ValueError for anything else."""

    zoom: int = WHOLE
    x: int = ALL // 2
    y: int = ALL // 2
    turn: int = 0
    brightness: int = 0
    contrast: int = 0
    gamma: int = PLAIN

    def __post_init__(self) -> None:
        inside = WHOLE <= self.zoom <= NEAREST and 0 <= self.x <= ALL and 0 <= self.y <= ALL
        colours = abs(self.brightness) <= MOST and abs(self.contrast) <= MOST and GAMMAS[0] <= self.gamma <= GAMMAS[-1]
        if not inside or not colours or self.turn not in (0, 90, 180, 270):
            raise ValueError("is not a way to look at a picture")

    @property
    def adjusted(self) -> bool:
        """Whether its light is another one than the recording's."""
        return (self.brightness, self.contrast, self.gamma) != (0, 0, PLAIN)

    @property
    def zoomed(self) -> bool:
        """Whether only a part of the picture is seen."""
        return self.zoom > WHOLE

    def nearer(self, zoom: int, at: tuple[float, float] = (0.5, 0.5)) -> Lens:
        """Another zoom, 1× to 16×. The point `at` (0–1 of the picture) stays where it is on the screen."""
        zoom = max(WHOLE, min(NEAREST, zoom))
        share = self.zoom / zoom
        x, y = (
            point * ALL + (middle - point * ALL) * share for point, middle in zip(at, (self.x, self.y), strict=True)
        )
        return self.centred(x / ALL, y / ALL, zoom)

    def centred(self, x: float, y: float, zoom: int | None = None, seen: tuple[float, float] | None = None) -> Lens:
        """With this point (0–1 of the picture) in the middle, as far as the picture reaches. `seen` is how much of its
        width and height is in view (0–1); without it the picture is taken to fill its room."""
        zoom = self.zoom if zoom is None else zoom
        wide, high = seen or (WHOLE / zoom, WHOLE / zoom)
        return replace(self, zoom=zoom, x=_kept(x, wide), y=_kept(y, high))

    def turned(self) -> Lens:
        """A quarter turn clockwise more; the same point stays in the middle."""
        return replace(self, turn=(self.turn + 90) % 360, x=ALL - self.y, y=self.x)

    def lit(self, brightness: int = 0, contrast: int = 0, gamma: int = 0) -> Lens:
        """Brightness and contrast by so much more, gamma so many steps on, each as far as it goes."""
        step = min(range(len(GAMMAS)), key=lambda i: abs(GAMMAS[i] - self.gamma)) + gamma
        return replace(
            self,
            brightness=max(-MOST, min(MOST, self.brightness + brightness)),
            contrast=max(-MOST, min(MOST, self.contrast + contrast)),
            gamma=GAMMAS[max(0, min(len(GAMMAS) - 1, step))] if gamma else self.gamma,
        )

    def whole(self) -> Lens:
        """The whole picture; turned and lit as before."""
        return replace(self, zoom=WHOLE, x=ALL // 2, y=ALL // 2)


@dataclass(frozen=True, slots=True)
class CameraLens:
    """How one recording is looked at: what is remembered with the place in a case."""

    recording: str
    lens: Lens


def _kept(middle: float, seen: float) -> int:
    """The middle of what is seen, moved so that nothing beyond the picture's edge would be."""
    half = min(seen, 1.0) / 2
    return round(min(max(middle, half), 1 - half) * ALL)
