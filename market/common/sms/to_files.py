"""`SMS_URL=file:`: each message is a file in DATA_DIR/sms, number and words. For a machine without a provider."""

from uuid import uuid4

from django.conf import settings

from market.common.clock import read_clock
from market.common.sms.base import ShortMessage


class FileSender:
    def __init__(self, url: str) -> None:
        del url

    def send(self, message: ShortMessage) -> None:
        folder = settings.DATA_DIR / "sms"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{read_clock():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:6]}.txt"
        (folder / name).write_text(f"{message.phone}\n{message.words}\n", encoding="utf-8")
