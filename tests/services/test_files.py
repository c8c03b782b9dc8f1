"""Files in an S3-compatible bucket, by links signed for a while."""

import uuid

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

pytestmark = pytest.mark.services


@pytest.fixture
def stored() -> str:
    return default_storage.save(f"{uuid.uuid4().hex}/weighing note.txt", ContentFile("毛重 5.4 kg".encode()))


def test_file_comes_back_whole_and_is_gone_after_delete(stored: str) -> None:
    assert default_storage.open(stored).read().decode() == "毛重 5.4 kg"
    default_storage.delete(stored)
    assert not default_storage.exists(stored)


def test_same_name_again_overwrites_nothing(stored: str) -> None:
    other = default_storage.save(stored, ContentFile(b"other"))

    assert other != stored
    assert default_storage.open(stored).read().decode() == "毛重 5.4 kg"


def test_signed_link_gives_the_file_to_a_stranger(stored: str) -> None:
    answer = requests.get(default_storage.url(stored), timeout=30)

    assert (answer.status_code, answer.content.decode()) == (200, "毛重 5.4 kg")


def test_tampered_and_unsigned_links_give_nothing(stored: str) -> None:
    link = default_storage.url(stored)
    other_end = "0" if link[-1] != "0" else "1"

    forged = requests.get(link[:-1] + other_end, timeout=30)
    longer = requests.get(link.replace("X-Amz-Expires=3600", "X-Amz-Expires=604800"), timeout=30)
    unsigned = requests.get(link.split("?", 1)[0], timeout=30)

    assert (forged.status_code, longer.status_code) == (403, 403)
    assert unsigned.status_code in (400, 401, 403)
    for answer in (forged, longer, unsigned):
        assert "毛重" not in answer.text
