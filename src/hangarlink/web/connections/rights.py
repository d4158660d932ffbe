"""What FlightLogger's pages take: it belongs to Ops."""

from hangarlink.integration.connections import rights
from hangarlink.integration.contract import Area

VIEW = rights.right(Area.OPS, rights.VIEW)
EDIT = rights.right(Area.OPS, rights.EDIT)
MANAGE = rights.right(Area.OPS, rights.MANAGE)
