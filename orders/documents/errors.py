from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class NotCleared(MarketError):
    """A paper that lets goods go needs a trade decision that allows it, for every line."""

    code = "not_cleared"
    text = _("No paper is issued for %(subject)s: the trade rules have not cleared all of its goods.")


class ReasonNeeded(MarketError):
    code = "reason_needed"
    http_status = 422
    text = _("%(number)s says something else. Please write why a new one takes its place.")


class NothingToIssue(MarketError):
    code = "nothing_to_issue"
    text = _("There is nothing to write down about %(subject)s yet.")


class NoInvoiceOf(MarketError):
    code = "no_invoice"
    text = _("No tax invoice can be asked for order %(order)s: it is not paid, has ended, or went abroad.")


class AlreadyAsked(MarketError):
    code = "invoice_asked"
    text = _("A tax invoice of order %(order)s has been asked for already.")


class AmountDiffers(MarketError):
    """`due` as plain text, in the order's currency."""

    code = "invoice_amount"
    http_status = 422
    text = _("The invoice must come to %(due)s now. If money was given back meanwhile, please issue it anew.")


class NumberUsed(MarketError):
    code = "invoice_number_used"
    text = _("You have handed in invoice %(number)s already.")


class PaperThere(MarketError):
    code = "paper_there"
    text = _("Paper %(number)s of this kind is there already.")
