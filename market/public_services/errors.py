from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class DecidedAlready(MarketError):
    """Details: `who`, `what`."""

    code = "decided_already"
    text = _("%(who)s was faster: %(what)s. Your decision was not recorded.")


class OwnEnterprise(MarketError):
    code = "own_enterprise"
    http_status = 403
    text = _("You, or the person you stand in for, work for this enterprise: somebody else decides.")


class NotMeantFor(MarketError):
    code = "not_meant_for"
    text = _(
        "This service is for admitted enterprises of its office's area, and takes no applications once it is closed."
    )


class NotOpenForChange(MarketError):
    code = "not_open_for_change"
    text = _("This cannot be changed now: only what was asked to be corrected is open.")


class VersionPublished(MarketError):
    code = "version_published"
    text = _("A published version is never changed. Begin a new one.")


class BudgetSpent(MarketError):
    """Details: `left`, `wanted`, CNY."""

    code = "budget_spent"
    text = _("The budget of this service does not cover it: CNY %(left)s is left, CNY %(wanted)s is asked for.")


class BadPaper(MarketError):
    """Details: `name`."""

    code = "bad_paper"
    http_status = 422
    text = _("“%(name)s” is no PDF, JPEG or PNG file of at most 10 MB.")
