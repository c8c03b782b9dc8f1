from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.common.clock import read_clock
from market.config.season.build import build_season


class Command(BaseCommand):
    help = (
        "Build the sample season (3 regiments, 20 enterprises, 300 products, all fictional); run twice it adds nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="so many times the enterprises and products")

    def handle(self, *args: Any, **options: Any) -> None:
        added = build_season(scale=options["scale"], now=read_clock())
        self.stdout.write(f"season: {added} enterprises added")
