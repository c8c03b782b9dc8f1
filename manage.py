#!/usr/bin/env python
"""Django's command line for Tuanji."""

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.config.settings")
    from market.config.command_line import run

    run()


if __name__ == "__main__":
    main()
