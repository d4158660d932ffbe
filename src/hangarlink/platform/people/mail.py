"""The few e-mails about people. Plain text; sent by jobs, never inside a request."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from hangarlink.platform.tenancy.models import Account

CONSOLE = "django.core.mail.backends.console.EmailBackend"


def is_sent() -> bool:
    """Whether there is a mail server. The default prints messages to the terminal, where nobody gets them."""
    return bool(settings.EMAIL_BACKEND != CONSOLE)


def send(template: str, to: str, *, account: Account, subject: str, **context: Any) -> None:
    """Render `people/mail/<template>.txt` and hand it to the mail server. Raises OSError or SMTPException."""
    body = render_to_string(f"people/mail/{template}.txt", {"account": account, **context})
    # A name with a line break must not become a second header.
    EmailMessage(" ".join(subject.split()), body, to=[to]).send()
