"""As `startproject` writes them, with the register's tables, and connections that are kept."""

import dj_database_url

SECRET_KEY = "bench"  # noqa: S105 - it protects nothing
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "usual.urls"
INSTALLED_APPS = [
    "journal",
    "schools",
    "services",
    "accounts",
    "agreements",
    "mandates",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTH_USER_MODEL = "accounts.User"
DATABASES = {"default": dj_database_url.config(conn_max_age=None)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
# The journal's triggers know them; the register's own settings tell them per connection.
OSR_GRACE_DAYS = 30
