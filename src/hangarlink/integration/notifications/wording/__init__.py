"""What a message says, made from ids at the moment of sending."""

from hangarlink.integration.notifications.wording.lines import Line, lines
from hangarlink.integration.notifications.wording.texts import Text, digest_text, event_text, test_text

__all__ = ["Line", "Text", "digest_text", "event_text", "lines", "test_text"]
