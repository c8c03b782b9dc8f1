"""WSGI entry point; loaded by `market.config.serving`."""

import os

from django.core.wsgi import get_wsgi_application

from market.config.bodies import ReadBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.config.settings")
application = ReadBodies(get_wsgi_application())
