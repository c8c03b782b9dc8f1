"""Photos a buyer hands in: several files at once, rendered while the form is checked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import MarketError
from market.common.forms import MarketForm
from orders.claims.errors import TooManyPhotos
from orders.claims.photos import MOST_PHOTOS, Photo, render_upload

HINT = gettext_lazy("At most six, JPEG, PNG or WebP, up to 10 MB each. Only you, the seller and officers see them.")


class _Files(forms.ClearableFileInput):
    """`data-shrink`: a script makes large photos smaller before a slow link has to carry them."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": "image/jpeg,image/png,image/webp", "data-shrink": "1600"})


class PhotosField(forms.FileField):
    """Cleans to `Photo`s. Every file that is none is named; too large ones are refused unread."""

    widget = _Files

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text=HINT, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Photo]:
        files: Sequence[UploadedFile[bytes]] = data or []
        if len(files) > MOST_PHOTOS:
            raise ValidationError(TooManyPhotos(most=MOST_PHOTOS).message)
        if self.required and not files:
            raise ValidationError(_("Choose at least one file."))
        photos, wrong = [], []
        for file in files:
            try:
                photos.append(render_upload(file))
            except MarketError as error:
                wrong.append(error.message)
        if wrong:
            raise ValidationError(wrong)
        return photos


class PhotosForm(MarketForm):
    """More photos for a claim that is open."""

    use_required_attribute = False
    photos = PhotosField(label=gettext_lazy("Add photos"))
