"""Where Gunicorn finds the service."""

import os

from django.core.wsgi import get_wsgi_application

import nsvcs.celery  # noqa: F401 - so that pages queue work through our settings, not the library's defaults

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsvcs.settings")
django_application = get_wsgi_application()

from nsvcs.startup import refuse_if_unsafe  # noqa: E402 - it needs the settings
from nsvcs.uploads import whole_bodies  # noqa: E402 - so does this

application = whole_bodies(django_application)

refuse_if_unsafe("web")
