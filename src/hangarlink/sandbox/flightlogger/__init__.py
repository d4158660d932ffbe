"""A sandbox FlightLogger: its documented GraphQL API over a believable, changeable flying school.

from hangarlink.sandbox.flightlogger import Faults, Limits, World
from hangarlink.sandbox.serve import serve

with serve(world=World.demo()) as flightlogger:
    flightlogger.world.fly("OY-SKA", minutes=72, touch_and_goes=4)
    flightlogger.faults.add("rate_limited", times=2, retry_after=1)
    ...                                      # point a client at flightlogger.endpoint, key DEMO_KEY
"""

from hangarlink.sandbox.flightlogger.app import FlightLoggerApp
from hangarlink.sandbox.flightlogger.faults import Fault, Faults
from hangarlink.sandbox.flightlogger.fleet import DEMO_KEY, EXPIRED_KEY, SECOND_KEY, STUDENT_KEY, fleet
from hangarlink.sandbox.flightlogger.limits import Limits
from hangarlink.sandbox.flightlogger.world import Refused, World

__all__ = [
    "DEMO_KEY",
    "EXPIRED_KEY",
    "SECOND_KEY",
    "STUDENT_KEY",
    "Fault",
    "Faults",
    "FlightLoggerApp",
    "Limits",
    "Refused",
    "World",
    "fleet",
]
