"""How an open case stands: put on the screen when it is opened, read off it while somebody works."""

from __future__ import annotations

from reviewer.domain.timebase import Utc
from reviewer.services.playback import Playback
from reviewer.services.preferences import Place, SoundLevel
from reviewer.ui.review.screen import ReviewScreen
from reviewer.ui.review.speeds import RATES
from reviewer.ui.review.wall_layout import WallLayout


def restore(screen: ReviewScreen, place: Place) -> None:
    """Everything but the instant, which `open_at` takes. The cameras are chosen and on the deck already."""
    if place.layout in {layout.value for layout in WallLayout}:
        screen.wall.set_layout(WallLayout(place.layout))
    if place.focus is not None:
        screen.wall.focus(place.focus)
    old = (SoundLevel(place.listen, on=True),) if place.listen is not None else ()
    screen.hearing.restore(place.levels or old)
    rate = place.rate_milli if abs(place.rate_milli) in RATES else 1000
    screen.controls.restore(rate, place.range or place.loop, looping=place.loop is not None)
    screen.film.set_on(place.film)
    screen.wall.set_lenses(place.lenses)
    if place.window is not None:
        screen.timeline.show_window(place.window)


def place_of(screen: ReviewScreen, playback: Playback, at: Utc) -> Place:
    """What `restore` and `open_at` need to bring this back."""
    wall, axis, controls = screen.wall, screen.timeline.axis, screen.controls
    return Place(
        at=at,
        cameras=tuple(c.key for c in wall.cameras),
        focus=wall.focused,
        listen=next(iter(playback.heard), None),
        layout=wall.layout_to_keep.value,
        rate_milli=controls.chosen,
        loop=playback.loop,
        range=controls.range,
        levels=screen.hearing.levels,
        window=axis.window if axis.window != axis.whole else None,
        lenses=wall.lenses(),
        film=screen.film.on,
    )
