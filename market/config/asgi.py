"""ASGI entry point, for hosts that offer nothing else; WSGI is faster for these pages (docs/performance.md)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.config.settings")
application = get_asgi_application()
