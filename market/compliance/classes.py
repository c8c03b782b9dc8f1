"""The product classes rules speak of, read from the HS code (chapter notes of HS 2022). Pure."""

from typing import Final

# Heading or subheading -> class; the longest prefix decides, so that dried goods are not taken for fresh ones.
_CLASSES: Final = {
    "0101": "live_livestock",
    "0102": "live_livestock",
    "0103": "live_livestock",
    "0104": "live_livestock",
    "0105": "live_livestock",
    "0301": "farmed_aquatic",
    "0407": "egg",
    **{f"070{number}": "fresh_vegetable" for number in range(1, 10)},
    "0803": "fresh_fruit",
    "0804": "fresh_fruit",
    "0805": "fresh_fruit",
    "0806": "fresh_fruit",
    "080620": "dried_fruit",
    "0807": "fresh_fruit",
    "0808": "fresh_fruit",
    "0809": "fresh_fruit",
    "0810": "fresh_fruit",
    "0813": "dried_fruit",
    "0801": "nut",
    "0802": "nut",
}


def product_class(hs_code: str) -> str:
    """Empty where no class is known: a rule about a class is then silent, one about the code still speaks."""
    for length in (6, 4):
        if len(hs_code) >= length and hs_code[:length] in _CLASSES:
            return _CLASSES[hs_code[:length]]
    return ""
