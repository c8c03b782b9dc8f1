"""All rows of public services."""

from market.public_services.models.cases import (
    Application,
    ApplicationQuerySet,
    CorrectionItem,
    NumberRun,
    Paper,
    Step,
    StepResult,
)
from market.public_services.models.services import PAPER, ServiceItem, ServiceItemQuerySet, ServiceVersion

__all__ = [
    "PAPER",
    "Application",
    "ApplicationQuerySet",
    "CorrectionItem",
    "NumberRun",
    "Paper",
    "ServiceItem",
    "ServiceItemQuerySet",
    "ServiceVersion",
    "Step",
    "StepResult",
]
