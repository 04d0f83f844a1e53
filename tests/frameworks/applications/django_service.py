"""The Django project around ``django_shop``: its settings, and a database of its own."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection


def _configure() -> None:
    folder = Path(tempfile.mkdtemp(prefix="shop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.configure(
        SECRET_KEY="a key that opens nothing",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="django_shop",
        USE_TZ=True,
        # A slow hash would be most of the time of a run.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "shop.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "rest_framework",
            "rest_framework.authtoken",
            "drf_spectacular",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
        ],
        REST_FRAMEWORK={
            "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
            "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
            "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
        },
        SPECTACULAR_SETTINGS={"TITLE": "Shop", "VERSION": "1.0"},
    )
    django.setup()


def create_app(fault: str = "") -> Any:
    """Return the service, with *fault* in it."""
    if not settings.configured:
        _configure()
    import django_shop  # noqa: PLC0415 - Django must be set up first

    call_command("migrate", verbosity=0)
    django_shop.FAULT["name"] = fault
    django_shop.furnish()
    connection.close()
    return get_wsgi_application()
