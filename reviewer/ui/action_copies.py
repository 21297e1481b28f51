"""The keys of the rooms where new files are made: reels for training, copies for the public."""

from __future__ import annotations

from reviewer.ui.action_clips import CLIPS as CLIPS
from reviewer.ui.action_disclosure import DISCLOSE as DISCLOSE
from reviewer.ui.action_reels import REELS as REELS
