"""The one place that reads the clock. Actions take `now` and never call this themselves."""

from datetime import datetime

from django.utils import timezone


def read_clock() -> datetime:
    return timezone.now()
