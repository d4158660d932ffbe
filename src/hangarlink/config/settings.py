"""Django's settings. What an operator may change comes from the environment; see docs/operator/settings.md."""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from hangarlink.config import demo, environment
from hangarlink.platform import logs

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = environment.secret_key()
DEBUG = False
HANGARLINK_DOMAIN = os.environ.get("HANGARLINK_DOMAIN", "localhost")
HANGARLINK_DATA_DIR = environment.data_dir()
HANGARLINK_HTTPS = environment.flag("HANGARLINK_HTTPS")
# The port that people's browsers use, for links in e-mails; empty for the scheme's own.
HANGARLINK_PUBLIC_PORT = os.environ.get("HANGARLINK_PUBLIC_PORT", "" if HANGARLINK_HTTPS else "8000")
# What the operator opened; beside a running demo also the ports of its partners on this machine.
HANGARLINK_OUTBOUND_ALLOW = [*environment.words("HANGARLINK_OUTBOUND_ALLOW"), *demo.doors(HANGARLINK_DATA_DIR)]
HANGARLINK_WORKER_CONCURRENCY = int(os.environ.get("HANGARLINK_WORKER_CONCURRENCY", "4"))
# Accounts whose webhooks one worker delivers at the same time.
HANGARLINK_WEBHOOK_CONCURRENCY = int(os.environ.get("HANGARLINK_WEBHOOK_CONCURRENCY", "8"))
# For one message, from look-up to the last byte of the answer; and between its attempts.
HANGARLINK_WEBHOOK_SECONDS = float(os.environ.get("HANGARLINK_WEBHOOK_SECONDS", "10"))
HANGARLINK_WEBHOOK_WAITS = tuple(
    float(word) for word in environment.words("HANGARLINK_WEBHOOK_WAITS") or ("60", "300", "1800", "7200")
)
HANGARLINK_EVENT_DAYS = int(os.environ.get("HANGARLINK_EVENT_DAYS", "400"))
HANGARLINK_WEBHOOK_DAYS = int(os.environ.get("HANGARLINK_WEBHOOK_DAYS", "30"))
HANGARLINK_HEARTBEAT_SECONDS = float(os.environ.get("HANGARLINK_HEARTBEAT_SECONDS", "5"))
HANGARLINK_STALLED_SECONDS = float(os.environ.get("HANGARLINK_STALLED_SECONDS", "20"))
HANGARLINK_API_REQUESTS_PER_MINUTE = int(os.environ.get("HANGARLINK_API_REQUESTS_PER_MINUTE", "600"))
HANGARLINK_TOKEN_REQUESTS_PER_MINUTE = int(os.environ.get("HANGARLINK_TOKEN_REQUESTS_PER_MINUTE", "60"))
# Not inside the account middleware: health for load balancers, static files, and the API, which opens the wall by
# itself after checking the token (hangarlink.api.endpoint).
HANGARLINK_ACCOUNTLESS_PATHS = ("/healthz", "/static/", "/api/", "/oauth/", "/hooks/", "/integrations/oauth/callback")
# Stand-ins for partners that the demo runs beside itself: "quickbooks=http://127.0.0.1:8090/quickbooks ...". What they
# are for is offered first when somebody connects.
HANGARLINK_SANDBOXES = dict(word.split("=", 1) for word in environment.words("HANGARLINK_SANDBOXES") if "=" in word)
ALLOWED_HOSTS = [HANGARLINK_DOMAIN, "." + HANGARLINK_DOMAIN, *environment.words("HANGARLINK_HOSTS")]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "hangarlink.platform.tenancy",
    "hangarlink.platform.people",
    "hangarlink.platform.audit",
    "hangarlink.platform.events",
    "hangarlink.platform.jobs",
    "hangarlink.platform.vault",
    "hangarlink.platform.documents",
    "hangarlink.platform.applications",
    "hangarlink.platform.numbering",
    "hangarlink.platform.privacy",
    "hangarlink.fleet",
    "hangarlink.maintenance.components",
    "hangarlink.maintenance.programme",
    "hangarlink.maintenance.defects",
    "hangarlink.maintenance.amp",
    "hangarlink.maintenance.compliance",
    "hangarlink.maintenance.tracked",
    "hangarlink.maintenance.visits",
    "hangarlink.operations.customers",
    "hangarlink.operations.trips",
    "hangarlink.operations.billing",
    "hangarlink.integration.synclog",
    "hangarlink.integration.alerts",
    "hangarlink.integration.connections",
    "hangarlink.integration.connections.oauth",
    "hangarlink.integration.connections.traffic",
    "hangarlink.integration.ledger",
    "hangarlink.integration.datasets",
    "hangarlink.integration.sync",
    "hangarlink.integration.conflicts",
    "hangarlink.integration.webhooks",
    "hangarlink.integration.inbound",
    "hangarlink.integration.notifications",
    "hangarlink.api",
    "oauth2_provider",
    # Before allauth, whose page templates it replaces.
    "hangarlink.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_cotton",
]

MIDDLEWARE = [
    "hangarlink.platform.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "hangarlink.web.middleware.BrowserGuards",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hangarlink.api.middleware.JsonErrorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "hangarlink.platform.tenancy.middleware.AccountMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hangarlink.platform.people.middleware.MembershipMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "hangarlink.config.urls"
WSGI_APPLICATION = "hangarlink.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hangarlink.web.context.frame",
            ],
            "builtins": [
                "django.templatetags.static",
                "hangarlink.web.templatetags.hangarlink",
                "hangarlink.web.templatetags.due",
                "hangarlink.web.templatetags.operations",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """Django's form of a libpq connection string or URL."""
    given: dict[str, Any] = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    known = {key: given.pop(key, "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": known["port"],
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**given, **_preparing(str(given.get("options", "")))},
    }


def _preparing(options: str) -> dict[str, Any]:
    """Lets platform.database.prepared prepare its statements, each planned once; nothing else is ever prepared."""
    if not environment.flag("HANGARLINK_PREPARED_STATEMENTS", True):
        return {"prepare_threshold": None}
    return {"prepare_threshold": 5, "options": f"{options} -c plan_cache_mode=force_generic_plan".strip()}


environment.prepare_database()
DATABASES = {
    # Serves. Neither owner nor superuser, so row-level security binds it.
    "default": _database(os.environ["HANGARLINK_APP_DATABASE_URL"]),
    # Migrates, backs up and restores. Never used while serving.
    "owner": _database(os.environ["DATABASE_URL"]),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# Counters for sign-in limits must be shared by all web processes, hence the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        # Django's 300 would let anyone push other people's counters out by asking for 300 different addresses.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["hangarlink.web.sign_in.backend.MembersOnly"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 2 * 3600
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/sign-in/"
# Sign-in pages: web/sign_in. An address belongs to one person for the whole installation; allauth's own table of
# addresses is not used, nor is signing up: the only way in is an invitation.
ACCOUNT_ADAPTER = "hangarlink.web.sign_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "hangarlink.web.sign_in.forms.SignInForm",
    "reset_password": "hangarlink.web.sign_in.forms.ForgottenForm",
    "reset_password_from_key": "hangarlink.web.sign_in.forms.NewPasswordForm",
    "change_password": "hangarlink.web.sign_in.forms.ChangePasswordForm",
    "reauthenticate": "hangarlink.web.sign_in.forms.ConfirmForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,3/10m/key", "invitation": "20/m/ip,10/10m/key"}
# An identity provider of the operator's, if there is one. Who comes from it must be invited like everybody else.
SOCIALACCOUNT_ADAPTER = "hangarlink.web.sign_in.oidc.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if os.environ.get("HANGARLINK_OIDC_ISSUER"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": os.environ.get("HANGARLINK_OIDC_NAME", "your organisation"),
                "client_id": os.environ.get("HANGARLINK_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("HANGARLINK_OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": os.environ["HANGARLINK_OIDC_ISSUER"]},
            }
        ],
    }
MFA_ADAPTER = "hangarlink.web.sign_in.adapters.MFAAdapter"
MFA_FORMS = {
    "login_webauthn": "hangarlink.web.sign_in.passkey_forms.LoginForm",
    "authenticate_webauthn": "hangarlink.web.sign_in.passkey_forms.SecondStepForm",
    "reauthenticate_webauthn": "hangarlink.web.sign_in.passkey_forms.ConfirmForm",
    "add_webauthn": "hangarlink.web.sign_in.passkey_forms.AddForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HANGARLINK_HTTPS

OAUTH2_PROVIDER_APPLICATION_MODEL = "applications.Application"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "applications.AccessToken"  # noqa: S105
OAUTH2_PROVIDER_GRANT_MODEL = "applications.Grant"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "applications.RefreshToken"  # noqa: S105
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "applications.IDToken"  # noqa: S105
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "applications.DeviceGrant"
OAUTH2_PROVIDER: dict[str, Any] = {
    # Client credentials and nothing else.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "hangarlink.platform.applications.provider.Validator",
    "SCOPES_BACKEND_CLASS": "hangarlink.platform.applications.provider.ApplicationScopes",
    "ACCESS_TOKEN_GENERATOR": "hangarlink.platform.applications.credentials.new_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "CLIENT_SECRET_HASHER": "hmac_sha256",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}
# People's passwords are hashed with the first; the last is for random client secrets only.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "hangarlink.platform.applications.credentials.KeyedHasher",
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HANGARLINK_HTTPS
if HANGARLINK_HTTPS:
    # The prefix makes browsers refuse such a cookie from a neighbouring subdomain.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HANGARLINK_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HANGARLINK_HTTPS
if environment.flag("HANGARLINK_BEHIND_PROXY"):
    # The proxy's own entry in X-Forwarded-For is the client; without this all people would share one sign-in limit.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hangarlink.web.errors.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HANGARLINK_DATA_DIR / "static"
MEDIA_ROOT = HANGARLINK_DATA_DIR / "documents"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Without a mail server nothing is sent: invitations are handed over as links.
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND", f"django.core.mail.backends.{'smtp' if os.environ.get('EMAIL_HOST') else 'console'}.EmailBackend"
)
EMAIL_TIMEOUT = 15
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", f"hangarlink@{HANGARLINK_DOMAIN}")
# Ours, not Django's: everything goes through one redaction.
LOGGING_CONFIG = None
logs.configure(
    format=os.environ.get("HANGARLINK_LOG_FORMAT", "console"), level=os.environ.get("HANGARLINK_LOG_LEVEL", "INFO")
)
