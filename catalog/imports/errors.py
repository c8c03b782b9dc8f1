from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class UnreadableFile(MarketError):
    """The whole file cannot be taken; `reason` says why, and what to do."""

    code = "unreadable_file"
    http_status = 422
    text = "%(reason)s"


class NothingToRun(MarketError):
    code = "nothing_to_run"
    text = _("There is nothing in this file to take over.")


class RowsAreWrong(MarketError):
    """Details: `wrong`."""

    code = "rows_are_wrong"
    text = _("%(wrong)s rows are wrong, so nothing was taken over. Correct them, or take the good rows only.")


class AnotherIsRunning(MarketError):
    code = "another_import_is_running"
    text = _("Another table of yours is being taken over. Please start this one when it is done.")
