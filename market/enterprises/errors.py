from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class LastOwner(MarketError):
    code = "last_owner"
    text = _("An enterprise needs an owner. Make somebody else an owner first.")


class InvitationOver(MarketError):
    code = "invitation_over"
    text = _("This invitation has been used, withdrawn or is older than 7 days. Please ask for a new one.")


class InvitationOfAnother(MarketError):
    """Details: `address`, partly hidden."""

    code = "invitation_of_another"
    http_status = 403
    text = _("This invitation is for %(address)s. Please sign in with that address.")


class DataLocked(MarketError):
    code = "data_locked"
    text = _("This cannot be changed while an officer has it, or after approval. Ask the officer to return it.")
