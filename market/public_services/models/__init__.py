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
from market.public_services.models.schemes import Grant, Scheme
from market.public_services.models.services import PAPER, ServiceItem, ServiceItemQuerySet, ServiceVersion

__all__ = [
    "PAPER",
    "Application",
    "ApplicationQuerySet",
    "CorrectionItem",
    "Grant",
    "NumberRun",
    "Paper",
    "Scheme",
    "ServiceItem",
    "ServiceItemQuerySet",
    "ServiceVersion",
    "Step",
    "StepResult",
]
