"""Somebody hands in a table of products."""

from datetime import datetime
from pathlib import PurePath

from django.db import transaction

from catalog.imports.files import kind_of
from catalog.imports.models import ImportFile, ImportJob
from catalog.products.errors import EnterpriseNotSelling
from market.accounts.models import User
from market.common.ids import new_number
from market.common.languages import active_language
from market.common.plain_text import plain_words
from market.common.wake import wake_after_commit
from market.enterprises.models import Enterprise


def upload_file(
    enterprise: Enterprise, raw: bytes, *, file_name: str, publishes: bool, by: User, now: datetime
) -> ImportJob:
    """Keeps the file and its job; the worker reads and checks it, nothing else is written before somebody says so.

    Raises UnreadableFile for what can be seen at once to be no table of ours, EnterpriseNotSelling where new products
    are to be published and none can be."""
    if publishes and not enterprise.is_selling:
        raise EnterpriseNotSelling()
    kind_of(raw)
    with transaction.atomic():
        job = ImportJob.objects.create(
            number=new_number("I", now),
            enterprise=enterprise,
            by=by,
            file_name=plain_words(PurePath(file_name.replace("\\", "/")).name).replace("\n", " ")[-200:],
            language=active_language(),
            publishes=publishes,
            created_at=now,
        )
        ImportFile.objects.create(job=job, kind=ImportFile.Kind.GIVEN, raw=raw)
        wake_after_commit("imports")
    return job
