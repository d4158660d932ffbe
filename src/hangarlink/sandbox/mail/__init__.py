"""A sandbox mail server: takes every message, keeps it in memory, shows it on a page.

with MailServer(user="ops@example.com", password="...") as mail:
    mail.faults.add("greylist", times=2)
    ...                                   # send to mail.host, mail.port; read mail.messages
"""

from hangarlink.sandbox.mail.faults import Fault, Faults
from hangarlink.sandbox.mail.page import MailApp
from hangarlink.sandbox.mail.server import PASSWORD, USER, MailServer, Received

__all__ = ["PASSWORD", "USER", "Fault", "Faults", "MailApp", "MailServer", "Received"]
