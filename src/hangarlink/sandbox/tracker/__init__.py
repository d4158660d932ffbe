"""A sandbox maintenance tracker that speaks four dialects over HTTP and through a folder, and checks what it is sent.

No vendor of such a system publishes its wire format, so these dialects are ours: each is as such interfaces look, and
no two are alike. /camp/ is XML with Basic, /traxxall/ JSON with a key and cursors, /veryon/ JSON in minutes with OAuth
or Basic and page numbers, /cmp/ CSV with Basic; the folder holds the same documents as files.

from hangarlink.sandbox.server import Served
from hangarlink.sandbox.tracker import Shop, TrackerApp

with Served(TrackerApp()) as tracker:
    tracker.app.shop.add_item("OY-HLD", "05-20-10", "300 h inspection", due_hours="5010.0")
    tracker.app.faults.add("rate_limited", times=2, retry_after=1)
    ...                                      # point a client at tracker.url, key DEMO_KEY or DEMO_USER, DEMO_PASSWORD
"""

from hangarlink.sandbox.tracker.app import TrackerApp
from hangarlink.sandbox.tracker.faults import Fault, Faults
from hangarlink.sandbox.tracker.folder import DropFolder
from hangarlink.sandbox.tracker.gate import DEMO_CLIENT, DEMO_CLIENT_SECRET, DEMO_KEY, DEMO_PASSWORD, DEMO_USER
from hangarlink.sandbox.tracker.shop import Refused, Shop

__all__ = [
    "DEMO_CLIENT",
    "DEMO_CLIENT_SECRET",
    "DEMO_KEY",
    "DEMO_PASSWORD",
    "DEMO_USER",
    "DropFolder",
    "Fault",
    "Faults",
    "Refused",
    "Shop",
    "TrackerApp",
]
