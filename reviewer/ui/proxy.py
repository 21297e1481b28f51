"""Proxies in the status line: how far they are, and why they wait, in one quiet sentence."""

from __future__ import annotations

from reviewer.services.proxy import ProxyState, ProxyStatus
from reviewer.ui.chrome import StatusItem
from reviewer.ui.theme import Tone
from reviewer.ui.times import count

WHAT_FOR = (
    "Small sealed copies of the footage on this machine. With them scrubbing is immediate; at rest the original shows."
)


def status_item(status: ProxyStatus, pause_key: str = "") -> StatusItem | None:
    """What the status line says; None where there is nothing to say. `pause_key` is the key that pauses and goes on."""
    left_out = count(len(status.left_out), "part has", "parts have")
    if status.state is ProxyState.OFF or (status.state is ProxyState.DONE and not status.left_out):
        return None
    hint = _hint(status, pause_key)
    if status.state is ProxyState.DONE:
        return StatusItem("stack-2", f"Proxies made · {left_out} none", Tone.PLAIN, hint)
    words = f"Proxies {min(99, int(status.fraction * 100))} %"
    if status.state is ProxyState.PAUSED:
        return StatusItem("player-pause", f"{words} · paused: {status.why}" if status.why else words, Tone.PLAIN, hint)
    if status.state is ProxyState.STOPPED:
        return StatusItem("alert-triangle", f"{words} · stopped. {status.why}", Tone.WARN, hint)
    return StatusItem("stack-2", words, Tone.PLAIN, hint)


def _hint(status: ProxyStatus, pause_key: str) -> str:
    """What stands behind it, for whoever asks."""
    lines = [WHAT_FOR]
    if status.camera:
        lines.append(f"Now: {status.camera}.")
    if pause_key and status.state in (ProxyState.WORKING, ProxyState.PAUSED):
        lines.append(f"{pause_key} pauses and goes on.")
    lines += [f"{problem.message} {problem.next_step}" for problem in status.left_out]
    return "\n".join(lines)
