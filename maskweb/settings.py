"""All settings. The embedded default needs no server; environment variables turn on PostgreSQL and Redis."""

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.contrib.messages import constants as messages
from django.utils.translation import gettext_lazy as _

from maskweb.env import env_bool, env_int, env_list, env_path, env_str
from maskweb.secret import secret_key

django_stubs_ext.monkeypatch()  # ModelForm[User] and the like, for the type checker

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env_path("MASKWEB_DATA_DIR", BASE_DIR / "data")
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)  # its clips show people: nobody else on the machine may look
EMBEDDED = not os.environ.get("DATABASE_URL")
DEBUG = env_bool("MASKWEB_DEBUG", default=False)
SECRET_KEY = secret_key(data_dir=DATA_DIR, embedded=EMBEDDED)
ALLOWED_HOSTS = env_list("MASKWEB_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("MASKWEB_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "accounts",
    "jobs",
    "releases",
    "labelling",
    "detection",
    "training",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "maskweb.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.OwnTimeZone",
]

ROOT_URLCONF = "maskweb.urls"
ASGI_APPLICATION = "maskweb.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.navigation",
            ],
        },
    },
]

# Database: SQLite in DATA_DIR, or DATABASE_URL.
if EMBEDDED:
    DATABASES: dict[str, Any] = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    }
else:
    DATABASES = {"default": dj_database_url.config(conn_max_age=60, conn_health_checks=True)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Channels: REDIS_URL (set by `manage.py up` to its embedded Valkey) reaches all processes.
REDIS_URL = env_str("REDIS_URL", "")
if REDIS_URL:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# django-q2: the ORM broker everywhere. `retry` is far above `timeout`, both above the longest job:
# a job may run for days, and the Job row, not the broker, decides whether it runs again.
LONGEST_JOB = 14 * 24 * 3600
_CLUSTER = {"workers": 1, "timeout": LONGEST_JOB, "retry": 4 * LONGEST_JOB, "queue_limit": 1}
Q_CLUSTER: dict[str, Any] = {
    "name": "short",
    "orm": "default",
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": 200,
    "poll": 0.25,
    "recycle": 50,
    "label": "Queues",
    **_CLUSTER,
    "workers": 2,
    "ALT_CLUSTERS": {"detection": dict(_CLUSTER), "training": dict(_CLUSTER)},
}

# Dotted names of further job kinds (tuples of jobs.kinds.Kind), for tests and extensions.
EXTRA_KINDS = env_list("MASKWEB_EXTRA_KINDS", [])

# Files
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT / "incoming"  # on the same file system, so that storing is a rename
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MAX_CLIP_BYTES = env_int("MASKWEB_MAX_CLIP_MB", 4096) * 1024 * 1024
MAX_BODY_BYTES = MAX_CLIP_BYTES + 1024 * 1024  # a clip, or a zip of pictures, with the form around it
BATCH_MOST_BYTES = env_int("MASKWEB_BATCH_MOST_MB", 20480) * 1024 * 1024  # of all photographs of one batch
FETCH_HOSTS_ALLOWED = env_list("MASKWEB_FETCH_HOSTS_ALLOWED", [])  # pictures may come from these private hosts
FETCH_MOST_BYTES = env_int("MASKWEB_FETCH_MOST_MB", 50) * 1024 * 1024  # of one picture
FETCH_SECONDS = env_int("MASKWEB_FETCH_SECONDS", 60)  # for one picture, from the connection on
FETCH_AT_ONCE = env_int("MASKWEB_FETCH_AT_ONCE", 4)
FETCH_PAUSE_SECONDS = 1.0  # before the second try; doubled before each further one
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or "pytest" in sys.modules
        else "maskweb.static_storage.ModuleStaticFilesStorage"
    },
}
BUNDLED_RELEASES = BASE_DIR / "releases" / "bundled"

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
TIME_ZONE = env_str("MASKWEB_TIME_ZONE", "UTC")
USE_TZ = True
MESSAGE_TAGS = {messages.ERROR: "danger"}  # as Bootstrap calls it

# Security
HTTPS = env_bool("MASKWEB_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # modules read the token from the page's meta element
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = env_int("MASKWEB_HSTS_SECONDS", 30 * 24 * 3600)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "maskweb",
    "VERSION": "0.1",
    "DESCRIPTION": (
        "Cameras, clips and passages; datasets, images, boxes, imports and versions; trainings and releases; jobs.\n\n"
        "Send a token with each request, `Authorization: Bearer mw_…`. People make theirs under *Settings*; "
        "it may do what its owner may do. What takes long answers 202 with a job: ask `/api/jobs/{id}/` until it ends."
    ),
    "TAGS": [
        {"name": "cameras", "description": "Cameras that one may see."},
        {"name": "clips", "description": "Videos, sent in and judged."},
        {"name": "passages", "description": "Faces that passed a camera, each judged once."},
        {"name": "datasets", "description": "Datasets with their images, imports, versions and exports."},
        {"name": "imports", "description": "Exports that were sent in, and what became of their records."},
        {"name": "fetches", "description": "Missing pictures, read from the addresses in their records."},
        {"name": "prelabels", "description": "A release run over pictures: it proposes boxes and checks labels."},
        {"name": "classes", "description": "Classes of boxes, to be renamed and merged."},
        {"name": "images", "description": "Single images: files, boxes, history and proposals."},
        {"name": "boxes", "description": "Labelled objects. A change names the revision that it was made on."},
        {"name": "proposals", "description": "Boxes that a release proposes, to be accepted or rejected."},
        {"name": "versions", "description": "Frozen versions of datasets, which training names."},
        {"name": "releases", "description": "Trained networks, frozen: one of them judges. Figures, files and cards."},
        {"name": "previews", "description": "How the rate would change with a release, on stored clips."},
        {"name": "runs", "description": "Trainings: started, watched, stopped and gone on with."},
        {"name": "evaluations", "description": "Releases, measured on parts of dataset versions."},
        {"name": "models", "description": "Single photographs, looked at by the active model."},
        {"name": "batches", "description": "Thousands of photographs, looked at by a job, deleted after some days."},
        {"name": "jobs", "description": "Work in the background, to be waited for."},
    ],
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,  # a file is sent as bytes and told as an address
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "maskweb.openapi.describe_operations",
    ],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"refusals": {"()": "maskweb.logs.RefusalInOneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"filters": ["refusals"]}},
    "root": {"handlers": ["stderr"], "level": env_str("MASKWEB_LOG_LEVEL", "INFO")},
}
