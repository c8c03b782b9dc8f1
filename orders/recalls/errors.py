from django.utils.translation import gettext_lazy as _

from market.common.errors import Conflict


class RecallClosed(Conflict):
    """Details: `number`."""

    code = "recall_closed"
    text = _("Recall %(number)s is closed: nothing can be added to it.")


class RemindedToday(Conflict):
    """Details: `number`."""

    code = "recall_reminded"
    text = _("The buyers of recall %(number)s were told within the last day. Please wait before you remind them.")
