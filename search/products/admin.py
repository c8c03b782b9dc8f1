"""Officers' words and choices, and what search did: concepts, pins, hidden products, searches in vain, generations."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from search.products.models import Concept, ConceptName, HiddenHit, IndexGeneration, PinnedHit, QueryLog


class ConceptNames(admin.TabularInline):  # type: ignore[type-arg]
    model = ConceptName
    extra = 3


@admin.register(Concept)
class ConceptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    inlines = [ConceptNames]
    list_display = ["__str__", "kind", "is_active", "updated_at"]
    list_filter = ["kind", "is_active"]
    search_fields = ["names__text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Concept]:
        return super().get_queryset(request).prefetch_related("names")


@admin.register(PinnedHit)
class PinnedHitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["text", "product_id", "position"]
    search_fields = ["text"]


@admin.register(HiddenHit)
class HiddenHitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["text", "product_id", "reason"]
    search_fields = ["text"]


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(QueryLog)
class QueryLogAdmin(ReadOnly):
    list_display = ["day", "channel", "text", "searches", "without_hits"]
    list_filter = ["channel", "day"]
    search_fields = ["text"]
    ordering = ["-without_hits", "-day"]


@admin.register(IndexGeneration)
class IndexGenerationAdmin(ReadOnly):
    list_display = ["name", "engine", "state", "documents", "started_at", "live_at", "problem"]
