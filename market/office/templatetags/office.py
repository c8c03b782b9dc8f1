"""Words of the office for codes that other packages keep as codes."""

from django import template
from django.utils.translation import gettext as _

from market.common.sms.send import TOO_MANY, TOO_OLD
from market.compliance.evidence import evidence_label
from market.compliance.models import DestinationPolicy, OwnershipFinding
from market.enterprises.models import Enterprise
from market.public_services.models import StepResult

register = template.Library()


@register.simple_tag
def outcome_words(code: str) -> str:
    words = {"allow": _("allowed"), "needs_evidence": _("evidence is missing"), "block": _("not allowed")}
    return words.get(code, code)


@register.simple_tag
def evidence_words(code: str) -> str:
    return evidence_label(code)


@register.simple_tag
def subject_words(code: str) -> str:
    words = {
        "purchase": _("purchase"),
        "cart": _("cart"),
        "enquiry": _("enquiry"),
        "product": _("product"),
        "order": _("order"),
    }
    return words.get(code, code)


@register.simple_tag
def ownership_words(code: str) -> str:
    return str(dict(OwnershipFinding.Result.choices).get(code, code))


@register.simple_tag
def gateway_words(code: str) -> str:
    words = {"bank_transfer": _("bank transfer"), "sandbox": _("sandbox payment"), "stripe": "Stripe"}
    return words.get(code, code)


@register.simple_tag
def act_words(code: str) -> str:
    """An entry of the log in words; a code nobody named here stays the code it is."""
    kind, _dot, what = code.partition(".")
    if kind == "enterprise" and what in Enterprise.State.values:
        return str(Enterprise.State(what).label)
    if kind == "destination" and what in DestinationPolicy.Status.values:
        return str(DestinationPolicy.Status(what).label)
    if kind == "application" and what in StepResult.Act.values:
        return str(StepResult.Act(what).label)
    words = {
        "service.defined": _("a service was defined"),
        "service.published": _("a version was published"),
        "service.closed": _("a service was closed"),
        "calendar.set": _("a working day was set"),
        "service.budget": _("a budget was set"),
        "enterprise.edited": _("data changed"),
        "certificate.claimed": _("a certificate was claimed"),
        "certificate.checked": _("a certificate was checked"),
        "review.hidden": _("a review was hidden"),
        "review.restored": _("a review was shown again"),
        "claim.decided": _("a claim was decided"),
        "certificate.refused": _("a certificate was refused"),
        "certificate.withdrawn": _("a certificate was taken back"),
        "catalogue.attribute": _("an attribute of goods was written"),
        "member.invited": _("somebody was invited to the staff"),
        "member.joined": _("somebody joined the staff"),
        "member.uninvited": _("an invitation was withdrawn"),
        "member.role": _("a role was changed"),
        "member.removed": _("somebody left the staff"),
        "transfer.confirmed": _("taken over from the bank"),
        "transfer.proposed": _("proposed what happens with the money"),
        "transfer.decided": _("confirmed by a second officer"),
        "transfer.withdrawn": _("proposal withdrawn"),
        "post.given": _("post given"),
        "post.withdrawn": _("post ended"),
        "post.delegated": _("somebody stands in"),
        "post.delegation_ended": _("standing in ended"),
        "parked.give": _("given to the purchase"),
        "parked.send_back": _("sent back"),
        "partner.created": _("partner added"),
        "partner.bound": _("carriers changed"),
        "partner.fenced": _("networks changed"),
        "partner.closed": _("partner closed"),
        "partner.opened": _("partner opened again"),
        "link.made": _("phone page made"),
        "partner.table": _("table handed in"),
        "link.withdrawn": _("phone page withdrawn"),
        "partner.rotated": _("secret changed"),
        "partner.api_on": _("calls to the partner set"),
        "partner.api_off": _("calls to the partner switched off"),
        "partner.fetches": _("opened for pickup jobs"),
        "partner.fetches_not": _("closed for pickup jobs"),
        "sms.again": _("short messages sent again (how many)"),
        "inbox.replayed": _("messages worked on again"),
        "pickup.accepted": _("pickup job accepted"),
        "pickup.countered": _("another pickup time proposed"),
        "pickup.declined": _("pickup job declined"),
        "payout_account.entered": _("a payout account was entered"),
        "payout_account.active": _("the payout account was taken into use"),
        "payout_account.restricted": _("money was held"),
        "payout_account.rejected": _("the payout account was refused"),
        "payouts.ordered": _("payouts ordered"),
        "payouts.file": _("bank file loaded"),
        "payouts.sent": _("handed to the bank"),
        "payout.confirmed": _("a payout left"),
        "payout.returned": _("a payout came back"),
        "price.reported": _("a price was reported"),
        "price.confirmed": _("a price was confirmed"),
        "price.rejected": _("a price was rejected"),
        "price.corrected": _("a price was corrected"),
        "price.imported": _("a table of prices was taken over"),
        "price.goods": _("goods of prices were written"),
        "price.place": _("a place of prices was written"),
        "reversal.decided": _("decided for what money was taken back"),
    }
    return words.get(code, code)


@register.simple_tag
def refusal_words(verdict: str) -> str:
    """Why messages were turned away at the door."""
    words = {
        "forged": _("not signed by its key"),
        "elsewhere": _("not from its networks"),
        "too_fast": _("too fast"),
        "unfit": _("too large or of another kind"),
    }
    return words.get(verdict, verdict)


@register.simple_tag
def trouble_words(error: str) -> str:
    """What stopped a partner's message, by the name of the error."""
    words = {
        "UnknownNumberError": _("No shipment has this tracking number."),
        "ForeignWaybillError": _("The waybill is another carrier's, which this partner does not report for."),
        "LogFullError": _("The shipment's temperature log is full: the readings were not taken."),
        "ForeignAddressError": _("It names an address that is none of the partner's own."),
        "UnknownPaymentError": _("Money went back of a payment that is not ours: look it up at the provider."),
        "UnreadableError": _("The message is not written as this partner's format promises."),
    }
    return words.get(error.partition(":")[0], _("Working on the message failed."))


@register.filter
def trouble_detail(error: str) -> str:
    """What else there is to know beside `trouble_words`; of what nobody put into words also the error's name."""
    kind, _colon, detail = error.partition(": ")
    if kind in ("UnknownNumberError", "LogFullError"):
        return ""
    told = ("ForeignWaybillError", "ForeignAddressError", "UnknownPaymentError", "UnreadableError")
    return detail if kind in told else error


@register.simple_tag
def call_trouble_words(code: str) -> str:
    """Why calling a partner failed. Behind the word stands the partner's own code, where it gave one."""
    kind, _blank, theirs = code.partition(" ")
    words = {
        "key": _("The partner does not accept our key."),
        "too_fast": _("The partner asks us to wait."),
        "redirect": _("The partner points to another address, which is not followed."),
        "too_large": _("The answer is too large."),
        "unreadable": _("The answer is not written as this partner's format promises."),
        "unreachable": _("The partner does not answer."),
        "forbidden": _("The address is none that may be called."),
        "foreign": _("It names an address that is none of the partner's own."),
        "setup": _("The key cannot be opened here: please enter it again."),
        "refused": _("The partner refuses."),
        "server": _("The partner's server fails."),
        "ended": _("The partner has stopped watching."),
    }
    return f"{words.get(kind, _('The call failed.'))} {theirs}".strip()


@register.filter
def known_reason(reason: str) -> str:
    """Reasons our own programs write are codes in English; what people write stays as they wrote it."""
    words = {
        "paid too late": _("paid after the order had expired"),
        "cancelled by the buyer": _("cancelled by the buyer"),
    }
    kind, _blank, number = reason.partition(" ")
    if kind == "claim" and number.isascii() and " " not in number:
        return _("claim %(number)s") % {"number": number}
    return words.get(reason, reason)


@register.simple_tag
def message_words(kind: str) -> str:
    """What a short message of this kind tells, and whom."""
    words = {
        "order_paid": _("buyer: the payment has come"),
        "order_declined": _("buyer: the seller cannot deliver"),
        "shipment": _("buyer: where the shipment is"),
        "claim_answered": _("buyer: the claim is answered"),
        "claim_ended": _("buyer: the claim has ended"),
        "recall": _("buyer: the goods are recalled"),
        "seller_order": _("seller: a new order"),
        "seller_order_cancelled": _("seller: an order is cancelled"),
        "seller_claim": _("seller: a new claim"),
        "seller_enquiry": _("seller: an enquiry from abroad"),
        "seller_recall": _("seller: a lot is recalled"),
        "payout_account": _("seller: the payout account"),
        "invoice": _("buyer: the tax invoice"),
        "seller_invoice": _("seller: a tax invoice is asked for"),
        "application": _("seller: an application for a service"),
    }
    return words.get(kind, kind)


@register.simple_tag
def unsent_words(why: str) -> str:
    """Why a short message did not go; empty where it is the provider's own word."""
    words = {
        TOO_OLD: _("older than a day: no news any more"),
        TOO_MANY: _("this number is told too much today"),
        "no template": _("its kind has no template (SMS_TEMPLATES)"),
        "no answer": _("the provider did not answer"),
    }
    return next((told for begin, told in words.items() if why.startswith(begin)), "")
