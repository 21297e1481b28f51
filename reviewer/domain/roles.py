"""What somebody is to the agency, and on a case."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    TRAINING = "training"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"


WRITERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who on a case writes into it; everybody else on it reads."""
REEL_MAKERS = frozenset({Role.TRAINING, Role.SUPERVISOR})
"""Who makes reels of what was assigned for training."""
DISCLOSERS = frozenset({Role.CUSTODIAN, Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who answers requests for copies."""
