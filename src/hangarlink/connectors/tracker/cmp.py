"""CMP (Gulfstream MyCMP and other manufacturers' programmes): files first."""

from hangarlink.connectors.tracker import Tracker, manifest_for
from hangarlink.integration.contract import Folder, Sftp, UserPassword


class Cmp(Tracker):
    manifest = manifest_for(
        "cmp",
        "CMP",
        auth=Sftp(),
        other_auth=(Folder(), UserPassword()),
        about="Sends totals and flight times to a manufacturer's CMP and brings in its due list.",
        setup="Ask the programme's operator for an SFTP account and for the columns of its due list export.",
    )


connector = Cmp
