import pytest
from PIL import Image

from market.config.season.crops import Crop, crops
from market.config.season.pictures import SIZE, draw


@pytest.mark.parametrize("crop", crops().values(), ids=lambda crop: crop.slug)
def test_picture_is_the_same_every_time_and_not_a_plain_surface(crop: Crop) -> None:
    first = draw(crop)

    assert first.size == SIZE
    assert first.tobytes() == draw(crop).tobytes()
    assert len(set(first.resize((40, 30), Image.Resampling.NEAREST).get_flattened_data())) > 30
