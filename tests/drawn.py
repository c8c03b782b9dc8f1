"""The season's pictures, drawn once for a state of the code and laid where a season is built."""

import shutil
from pathlib import Path
from unittest.mock import patch

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from market.config.season import pictures
from market.config.season.crops import crops
from tests.migrated import kept


def drawn_pictures() -> Path:
    """A folder as the season's storage has it."""

    def make(folder: Path) -> None:
        with patch.object(pictures, "default_storage", FileSystemStorage(folder)):
            for crop in crops().values():
                pictures.store_picture(crop)

    return kept("pictures", make)


def lay_pictures() -> None:
    """Into the storage that is configured now."""
    folder = drawn_pictures()
    for file in folder.rglob("*.webp"):
        name = file.relative_to(folder).as_posix()
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(file.read_bytes()))


def lay_pictures_in(media: Path) -> None:
    shutil.copytree(drawn_pictures(), media)
