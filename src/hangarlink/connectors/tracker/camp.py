"""CAMP: user name and password per interface, or files. Facts: docs/integrator/tracker-profiles.md."""

from hangarlink.connectors.tracker import Tracker, manifest_for
from hangarlink.integration.contract import Folder, Sftp, UserPassword


class Camp(Tracker):
    manifest = manifest_for(
        "camp",
        "CAMP",
        auth=UserPassword(help="CAMP issues one pair for each interface."),
        other_auth=(Sftp(), Folder()),
        about="Sends totals and flight times to CAMP and brings in its due list.",
        setup="Ask CAMP for interface credentials and its interface description. CAMP enables each tail by hand, which "
        "takes up to two working days. Registration and every serial number must be written alike on both sides.",
    )


connector = Camp
