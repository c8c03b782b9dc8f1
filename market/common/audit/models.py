from django.db import models


class AuditEntry(models.Model):
    """One act, linked to the one before by its hash: a changed or missing row shows (`manage.py verify_audit`)."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.subject_kind} {self.subject_id}"


class AuditHead(models.Model):
    """The end of the chain: one row, locked by whoever appends, so that two writers cannot fork it."""

    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.hash
