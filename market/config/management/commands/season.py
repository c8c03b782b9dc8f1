from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.common.clock import read_clock
from market.config.season.build import build_season


class Command(BaseCommand):
    help = (
        "Build the sample season: 3 regiments, 20 enterprises, 300 products, orders in every state, all fictional. "
        "Run twice it adds nothing. `--scale 33` makes about 10,000 products of 230 enterprises; the orders stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="so many times the 300 products")

    def handle(self, *args: Any, **options: Any) -> None:
        added = build_season(scale=options["scale"], now=read_clock())
        self.stdout.write(f"season: {added} enterprises added")
