"""TRAXXALL: a key that the operator asks the vendor for, or files."""

from hangarlink.connectors.tracker import Tracker, manifest_for
from hangarlink.integration.contract import ApiKey, Folder, Sftp


class Traxxall(Tracker):
    manifest = manifest_for(
        "traxxall",
        "TRAXXALL",
        auth=ApiKey(help="Ask TRAXXALL for interface credentials."),
        other_auth=(Sftp(), Folder()),
        about="Sends totals and flight times to TRAXXALL and brings in its due list.",
        setup="Ask TRAXXALL for interface credentials and its interface description.",
    )


connector = Traxxall
