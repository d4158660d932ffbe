"""A sandbox Slack: OAuth v2, channels and messages as its documentation describes them, in memory.

from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import SlackApp

with Served(SlackApp()) as slack:
    slack.app.faults.add("rate_limited", method="chat.postMessage", retry_after=1)
    ...                  # clients talk to slack.url + "/api", people allow it at slack.url + "/oauth/v2/authorize"
"""

from hangarlink.sandbox.slack.app import SlackApp
from hangarlink.sandbox.slack.faults import Fault, Faults
from hangarlink.sandbox.slack.workspace import CLIENT_ID, CLIENT_SECRET, Channel, Message, Workspace

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Channel", "Fault", "Faults", "Message", "SlackApp", "Workspace"]
