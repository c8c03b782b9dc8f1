"""Names of the evidence rules ask for, and of facts nobody stated, for people."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_EVIDENCE: Final[dict[str, str | Promise]] = {
    "TRACE_TO_FIELD": _("trace of every lot back to the field"),
    "UPSTREAM_ORIGIN_DECLARATION": _("declaration of origin for all inputs"),
    "TRANSACTION_RECORDS": _("records of every purchase in the chain"),
    "IMPORTER_OF_RECORD": _("name of the importer of record"),
    "IMPORTER_ACKNOWLEDGEMENT": _("written confirmation by the importer"),
    "LABOUR_DUE_DILIGENCE": _("due-diligence file on labour"),
    "MX_STPS_RESOLUTION_CHECK": _("check of the resolutions of Mexico's labour ministry"),
    "EU_FLR_DECISION_CHECK": _("check of decisions under Regulation (EU) 2024/3015"),
    "CHED_D": _("entry document CHED-D"),
    "LAB_REPORT": _("laboratory report"),
    "OFFICIAL_CERT_IF_ANNEX_II": _("official certificate, where Annex II of 2019/1793 names the goods"),
    "LAB_OTA": _("laboratory report on ochratoxin A"),
    "LAB_AFLATOXIN": _("laboratory report on aflatoxins"),
    "PHYTO_CERT": _("phytosanitary certificate"),
    "EU_COI": _("certificate of inspection (COI) for organic goods"),
    "GACC_PRODUCER_RECORD": _("customs record of the exporting food producer"),
    "ORCHARD_REG": _("registration of the orchard"),
    "PACKHOUSE_REG": _("registration of the packing house"),
    "CN_COMMITMENT_CERT": _("commitment certificate of the lot"),
    # The platform's own bolt: no fact is unknown, an officer has not opened the destination.
    "unknown:destination_not_opened": _("opening of the destination by an officer"),
}
UNKNOWN_FACTS: Final[dict[str, str | Promise]] = {
    "destination": _("The destination is not known."),
    "hs_code": _("The HS code of the goods is not known."),
    "upstream_origins": _("The origin of a lot is not known."),
    "rule_set": _("No trade rules are in force at the moment, so nothing can be released."),
    "evaluation": _("The trade rules could not be evaluated. Our compliance office has been told."),
}
UNKNOWN = "unknown:"


def evidence_label(code: str) -> str:
    """Of an entry of `ComplianceDecision.missing_evidence`; a code nobody named is shown as it is."""
    return str(_EVIDENCE.get(code) or UNKNOWN_FACTS.get(code.removeprefix(UNKNOWN), code))
