"""A message in Slack's own markup."""

from hangarlink.integration.contract import Message

LONGEST = 39_000


def text_of(message: Message) -> str:
    """Title in bold, text, and where to read on. Nothing in it can become a mention, a link or a channel."""
    title = " ".join(message.title.split()).replace("*", "∗")
    text = f"*{_escaped(title)}*\n{_escaped(message.text)}".strip()
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit("\n", 1)[0] + "\n…"
    return f"{text}\n<{_address(message.url)}|Open in Hangarlink>" if message.url else text


def _escaped(text: str) -> str:
    """Source: docs.slack.dev, "Formatting message text": these three and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _address(url: str) -> str:
    return _escaped(url).replace("|", "%7C")
