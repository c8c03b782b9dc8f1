"""Short messages of the embedded column, as files."""

import re
from pathlib import Path


def messages_in(data: Path) -> list[tuple[str, str]]:
    """Number and words of each below DATA_DIR, oldest first."""
    texts = [path.read_text("utf-8") for path in sorted((data / "sms").glob("*.txt"))]
    return [(text.partition("\n")[0], text.partition("\n")[2].strip()) for text in texts]


def codes_in(data: Path) -> list[tuple[str, str]]:
    """Number and code of each that holds one."""
    found = [(phone, re.search(r"\b\d{6}\b", words)) for phone, words in messages_in(data)]
    return [(phone, match[0]) for phone, match in found if match]
