"""import-linter cannot see keys written as strings: walk the models and rank them by the same contracts."""

import tomllib
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import ForeignKey

OUR_ROOMS = ("market", "catalog", "orders", "search")


def contracts() -> dict[str, list[list[str]]]:
    """Container (or "" for the house) -> its lines, lowest first; packages on one line are siblings."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    ranking = {}
    for contract in project["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            container = contract.get("containers", [""])[0]
            lines = [[name.strip(" ()") for name in line.split("|")] for line in reversed(contract["layers"])]
            ranking[container] = lines
    return ranking


def place(module: str, lines: list[list[str]], prefix: str) -> tuple[int, str]:
    for height, names in enumerate(lines):
        for name in names:
            full = f"{prefix}.{name}" if prefix else name
            if module == full or module.startswith(f"{full}."):
                return height, full
    raise LookupError(f"{module} stands on no floor: add it to the contracts in pyproject.toml")


def points_down(from_module: str, to_module: str) -> bool:
    ranking = contracts()
    here, there = place(from_module, ranking[""], ""), place(to_module, ranking[""], "")
    if here[1] == there[1] and here[1] in ranking:
        room = here[1]
        here, there = place(from_module, ranking[room], room), place(to_module, ranking[room], room)
    return here[1] == there[1] or here[0] > there[0]


@pytest.mark.parametrize(
    ("from_module", "to_module", "right"),
    [
        ("orders.cart.models", "catalog.products.models", True),
        ("catalog.products.models", "orders.cart.models", False),
        ("catalog.stock.models", "catalog.lots.models", False),
        ("orders.payments.models", "orders.shipments.models", False),
        ("market.compliance.models", "market.channels.models", False),
        ("market.regions.models", "market.accounts.models", False),
        ("market.prices.models", "catalog.products.models", True),
        ("catalog.products.models", "market.prices.models", False),
    ],
)
def test_points_down_knows_floors_and_siblings(from_module: str, to_module: str, right: bool) -> None:
    assert points_down(from_module, to_module) is right


def test_every_foreign_key_points_down() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.remote_field.model._meta.label}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in OUR_ROOMS
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
        and field.remote_field.model.__module__.split(".")[0] in OUR_ROOMS
        and not points_down(model.__module__, field.remote_field.model.__module__)
    ]

    assert wrong == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
