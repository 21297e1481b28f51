"""A lens in words: what of a picture is seen, and that it was changed for looking only."""

from __future__ import annotations

from reviewer.domain.lens import PLAIN, WHOLE, Lens

LOOKING = "Picture adjusted: for looking only"


def zoom_words(lens: Lens) -> str:
    """ "1×", "2.5×"."""
    return f"{lens.zoom / WHOLE:.1f}".removesuffix(".0") + "×"


def signed(number: int) -> str:
    """ "+20", "−10", "0"."""
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number)}"


def gamma_words(lens: Lens) -> str:
    """ "1", "1.25", "0.8"."""
    return f"{lens.gamma / PLAIN:.2f}".rstrip("0").removesuffix(".")


def light_words(lens: Lens) -> str:
    """What of its light is changed: "brightness +20, gamma 1.25"; "" if nothing is."""
    said = [f"{name} {signed(by)}" for name, by in (("brightness", lens.brightness), ("contrast", lens.contrast)) if by]
    return ", ".join([*said, *([f"gamma {gamma_words(lens)}"] if lens.gamma != PLAIN else [])])


def tile_words(lens: Lens, *, tight: bool = False) -> tuple[str, ...]:
    """What the tile says, one piece each: zoom, turn, light; nothing of a picture as it is."""
    said = [zoom_words(lens)] if lens.zoomed else []
    if lens.turn:
        said.append(f"{lens.turn}°" if tight else f"Turned {lens.turn}°")
    if lens.adjusted:
        said.append("Adjusted" if tight else LOOKING)
    return tuple(said)


def whole_words(lens: Lens) -> str:
    """All of it in a sentence, for a tool tip; "" of a picture as it is."""
    said = [f"zoom {zoom_words(lens)}"] if lens.zoomed else []
    said += [f"turned {lens.turn}° clockwise"] if lens.turn else []
    said += [light_words(lens)] if lens.adjusted else []
    words = ", ".join(said)
    return f"{words[:1].upper()}{words[1:]}. This changes what you see, never the recording." if said else ""


def lens_icon(lens: Lens) -> str:
    """The icon of what weighs most: another light, a turn, a zoom."""
    if lens.adjusted:
        return "adjustments"
    return "rotate-clockwise" if lens.turn else "zoom-in"
