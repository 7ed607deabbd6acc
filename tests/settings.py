"""The service's settings, with a database server and folders of the tests' own, and a quick password hasher."""

import os
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var" / "test"
for _name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "STORAGE_URL", "CLAMD_URL", "SITE_URL", "DEMO_DATA"):
    os.environ.pop(_name, None)
os.environ |= {"NSVCS_VAR": str(VAR), "NSVCS_PROCESS": "test"}

from nsvcs.settings import *  # noqa: E402, F403, TID251
from nsvcs.settings import BASE_DIR, MIDDLEWARE, STORAGES  # noqa: E402, TID251

# Factories connect as a privileged role; every request and task under test enters one of these.
IDENTITY_ROLE = {"web": "nsvcs_web", "worker": "nsvcs_worker"}
MIDDLEWARE = ["tests.identified.IdentifiedMiddleware", *MIDDLEWARE]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = str(VAR / "media")  # each test gets a folder of its own below it: tests/conftest.py
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # nothing is collected for tests; WhiteNoise warns of a missing folder
STATICFILES_DIRS = [BASE_DIR / "nsvcs" / "assets"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
