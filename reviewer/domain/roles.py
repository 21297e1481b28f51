"""What somebody is to the agency, and on a case."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    TRAINING = "training"
    CUSTODIAN = "custodian"
    AUDITOR = "auditor"
