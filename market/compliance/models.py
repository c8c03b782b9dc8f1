"""Trade rules as dated data, destinations, append-only decisions. Rules and behaviour: trade.md, part 3."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise


class HsCode(models.Model):
    """A code of the Harmonized System: text without dots, with its edition."""

    edition = models.CharField(max_length=7, default="HS2022")
    code = models.CharField(max_length=10)
    text_en = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="hs_code_once")]

    def __str__(self) -> str:
        return f"{self.code[:4]}.{self.code[4:]}" if len(self.code) > 4 else self.code


class RuleSet(models.Model):
    """A published version of the rules; immutable once live. The newest live one decides."""

    version = models.CharField(max_length=40, unique=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    counsel_review_ref = models.CharField(max_length=80, blank=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.version


class TradeRule(models.Model):
    class Effect(models.TextChoices):
        BLOCK = "block"
        NEEDS_EVIDENCE = "needs_evidence"
        ALLOW = "allow"
        WATCH = "watch"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    code = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    citation = models.CharField(max_length=300)
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    date_basis = models.CharField(max_length=30)
    match = models.JSONField()
    effect = models.CharField(max_length=20, choices=Effect)
    evidence_required = models.JSONField(default=list)
    override = models.CharField(max_length=80)
    stages = models.JSONField(default=list)
    reason_zh = models.TextField()
    reason_en = models.TextField()
    reason_ru = models.TextField(blank=True, help_text="empty: shown in English")
    sources = models.JSONField(default=list)
    confidence = models.CharField(max_length=20)
    checked_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_set", "code"], name="trade_rule_once")]

    def __str__(self) -> str:
        return self.code


class DestinationPolicy(models.Model):
    """Whether the platform delivers to a country. No row means closed; only an officer opens one."""

    class Status(models.TextChoices):
        CLOSED = "closed", _("closed")
        OPEN = "open", _("open")
        SUSPENDED = "suspended", _("suspended")

    country = models.CharField(max_length=2, unique=True, help_text="ISO 3166-1 alpha-2")
    status = models.CharField(max_length=10, choices=Status, default=Status.CLOSED)
    hs_prefixes = models.JSONField(default=list, help_text="empty: all goods")
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="destination_policy_reasoned")]

    def __str__(self) -> str:
        return f"{self.country}: {self.status}"


class ComplianceDecision(models.Model):
    """One evaluation with everything it saw, also when it allowed. Never changed."""

    class Outcome(models.TextChoices):
        ALLOW = "allow"
        NEEDS_EVIDENCE = "needs_evidence"
        BLOCK = "block"

    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=60)
    stage = models.CharField(max_length=30)
    rule_set_version = models.CharField(max_length=40)
    rule_set_hash = models.CharField(max_length=64)
    inputs = models.JSONField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    rules_hit = models.JSONField(default=list)
    missing_evidence = models.JSONField(default=list)
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="decision_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {self.outcome}"


class OwnershipFindingQuerySet(TenantQuerySet["OwnershipFinding"]):
    pass


class OwnershipFinding(models.Model):
    """What an officer found out about who owns a seller: the flags the rules ask for. The newest that has not run out
    counts; a seller without one is of unknown ownership. Findings are added, never changed."""

    class Result(models.TextChoices):
        INDEPENDENT = "INDEPENDENT", _("owners known, none of the corps")
        XPCC_AFFILIATED = "XPCC_AFFILIATED", _("affiliated with the corps, below one half")
        XPCC_OWNED_50 = "XPCC_OWNED_50", _("owned by the corps to one half or more")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="ownership_findings")
    result = models.CharField(max_length=20, choices=Result)
    evidence = models.TextField(help_text="the papers it rests on")
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    valid_until = models.DateField()

    objects = OwnershipFindingQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(evidence=""), name="ownership_finding_evidenced")]
        indexes = [models.Index(fields=["enterprise", "-found_at"], name="ownership_finding_newest")]

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.result}"
