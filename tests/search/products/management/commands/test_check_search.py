"""What a shell sees of `check_search`: 0 when index and database agree, 1 when not."""

import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from catalog.products.models import Product
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.engines.base import Deletion
from search.products.engine import search_desk
from search.products.models import SearchDocument
from tests.builders import NOW, make_variant
from tests.migrated import migrated_file


@pytest.mark.django_db
@pytest.mark.usefixtures("embedded")
def test_check_agrees_then_names_what_is_wrong_and_mends_it() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    out = StringIO()
    call_command("check_search", stdout=out)
    assert "index and database agree" in out.getvalue()

    Product.objects.filter(pk=variant.product_id).update(state="withdrawn")
    with pytest.raises(CommandError, match=f"changed without telling: {variant.product_id}"):
        call_command("check_search", "--mend", stdout=StringIO())
    drain_outbox(read_clock())

    assert not SearchDocument.objects.filter(is_gone=False).exists()
    call_command("check_search", stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.usefixtures("embedded")
def test_check_tells_of_a_document_the_engine_lost() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    search_desk().main.write([], [Deletion(f"{variant.product_id}-domestic", 10**6)])

    with pytest.raises(CommandError, match="holds 0 documents, the database 1"):
        call_command("check_search", stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.usefixtures("embedded")
def test_check_tells_of_changes_given_up() -> None:
    make_variant()
    drain_outbox(NOW)
    OutboxEvent.objects.update(dead_at=NOW)

    with pytest.raises(CommandError, match="given up"):
        call_command("check_search", stdout=StringIO())


def test_exit_codes_of_the_command(tmp_path: Path) -> None:
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL")}
    environment = {**own, "DATA_DIR": str(tmp_path)}

    def run(*arguments: str) -> int:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True).returncode

    shutil.copy(migrated_file(), tmp_path / "tuanji.sqlite3")
    assert run("check_search") == 1  # there is no index yet
    assert run("reindex_search") == 0
    assert run("check_search") == 0
    pointer = tmp_path / "search" / "CURRENT"
    assert pointer.exists()
    pointer.write_text("v999\n")
    assert run("check_search") == 1
