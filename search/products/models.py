"""The product index as the database keeps it: its documents, its generations, and what officers add to search."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.common.languages import LANGUAGES


class SearchDocument(models.Model):
    """One document per product and channel: what lists show in one statement, and the last resort of search when its
    engine is away. Kept by the outbox, never by hand. Numbers instead of keys: the row outlives what it describes.

    A document that is gone stays a while as an empty row, so that no older write brings it back."""

    pid = models.CharField(max_length=60, unique=True, help_text="product number and channel")
    product_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    tokens = models.TextField(help_text="analysed tokens between blanks, marked by stream")
    keywords = models.TextField(help_text="field=value between blanks")
    numbers = models.JSONField(default=dict)
    show = models.JSONField(default=dict, help_text="what a result card needs")
    version = models.BigIntegerField()
    is_gone = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["channel", "-product_id"], name="search_document_newest", condition=Q(is_gone=False)),
            models.Index(fields=["product_id"], name="search_document_product"),
            models.Index(fields=["written_at"], name="search_document_gone", condition=Q(is_gone=True)),
        ]

    def __str__(self) -> str:
        return self.pid


class VersionCounter(models.Model):
    """Numbers the loads of documents: whoever loaded later wrote the newer state. Other rows say up to which
    product the check has compared, and by which rules the documents say where goods may go."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class IndexGeneration(models.Model):
    """An index that was built beside the live one."""

    class State(models.TextChoices):
        BUILDING = "building", _("building")
        LIVE = "live", _("live")
        OLD = "old", _("old")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("dropped")

    name = models.CharField(max_length=40, unique=True)
    engine = models.CharField(max_length=20)
    schema_version = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.BUILDING)
    documents = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Concept(models.Model):
    """Several names of one thing: true equals only, or a search for one finds the other wrongly. With a `code` it
    stands in the place of that entry of the built-in dictionary, also to switch it off."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("product")
        PLACE = "place", _("place")
        GRADE = "grade", _("grade")
        FORM = "form", _("form")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRODUCT)
    code = models.CharField(_("built-in entry"), max_length=60, blank=True, default="", db_default="")
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        constraints = [models.UniqueConstraint(fields=["code"], name="concept_code_once", condition=~Q(code=""))]

    def __str__(self) -> str:
        return " = ".join(name.text for name in self.names.all()) or f"{self.kind} {self.pk}"


class ConceptName(models.Model):
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="names")
    language = models.CharField(_("language"), max_length=10, choices=[(code, code) for code in LANGUAGES])
    text = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["concept", "text"], name="concept_name_once")]

    def __str__(self) -> str:
        return self.text


class PinnedHit(models.Model):
    """An officer puts this product first for this query."""

    text = models.CharField(_("query"), max_length=100, help_text=_("as normalised: lower case, simplified Chinese"))
    product_id = models.BigIntegerField(_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("pinned product")
        verbose_name_plural = _("pinned products")
        ordering = ["text", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["text", "product_id"], name="pinned_once")]

    def __str__(self) -> str:
        return f"{self.text}: {self.product_id}"


class HiddenHit(models.Model):
    """An officer takes this product out of the results of this query, or of all."""

    text = models.CharField(_("query"), max_length=100, blank=True, help_text=_("empty: every query"))
    product_id = models.BigIntegerField(_("product"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("hidden product")
        verbose_name_plural = _("hidden products")
        constraints = [models.UniqueConstraint(fields=["text", "product_id"], name="hidden_once")]

    def __str__(self) -> str:
        return f"{self.text or '*'}: {self.product_id}"


class SavedWords(models.Model):
    """The titles' vocabulary and the suggestions, as last counted, for every process to load."""

    class Kind(models.TextChoices):
        VOCABULARY = "vocabulary"
        SUGGESTIONS = "suggestions"

    kind = models.CharField(max_length=12, choices=Kind)
    version = models.CharField(max_length=300, help_text="of the text analysis")
    content = models.BinaryField()
    built_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="saved_words_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.built_at})"


class QueryLog(models.Model):
    """How often a text was searched on a day, and how often in vain or nearly so. It names no person."""

    day = models.DateField()
    channel = models.CharField(max_length=20)
    text = models.CharField(max_length=100)
    searches = models.PositiveIntegerField(default=0)
    without_hits = models.PositiveIntegerField(default=0)
    few_hits = models.PositiveIntegerField(default=0, help_text="three or fewer, or only by some of the words")

    class Meta:
        ordering = ["-day", "-searches"]
        constraints = [models.UniqueConstraint(fields=["day", "channel", "text"], name="query_log_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.text}"
