"""The demo fleet as the school's technical department would write it down.

Intervals are those of the regulation or the maker where publicly stated: examples, not for operational use.
"""

from dataclasses import dataclass

from hangarlink.fleet.vocabulary import CounterKind, Display

K, D = CounterKind, Display


@dataclass(frozen=True)
class Log:
    """A counter of a demo aircraft: FlightLogger's type of the same name, in the order primary, secondary, tertiary."""

    kind: CounterKind
    display: Display


@dataclass(frozen=True)
class Machine:
    registration: str
    model: str
    serial: str
    location: str
    logs: tuple[Log, ...]


@dataclass(frozen=True)
class Model:
    name: str
    manufacturer: str
    number: str
    description: str


HOBBS, TACH = Log(K.HOBBS, D.DECIMAL_1), Log(K.TACH, D.DECIMAL_1)
AIRBORNE = Log(K.AIRBORNE, D.HHMM)

MODELS = (
    Model("Cessna 172S", "Textron Aviation", "172S", "Four-seat trainer"),
    Model("Piper PA-28-161", "Piper", "PA-28-161", "Warrior III trainer"),
    Model("Piper PA-28-181", "Piper", "PA-28-181", "Archer III trainer"),
    Model("Diamond DA40 NG", "Diamond", "DA40 NG", "Trainer with Austro engine"),
    Model("Diamond DA42-VI", "Diamond", "DA42-VI", "Twin-engine trainer"),
    Model("Cirrus SR22", "Cirrus", "SR22", "Touring, whole-aircraft parachute"),
    Model("Pilatus PC-12/47E", "Pilatus", "PC-12/47E", "Single turboprop, charter"),
    Model("King Air B200", "Textron Aviation", "B200", "Twin turboprop, charter"),
    Model("Robinson R44 II", "Robinson", "R44 II", "Helicopter trainer"),
    Model("Maule MX-7-180", "Maule", "MX-7-180", "Glider tow"),
)

# OY-RNT of the sandbox is leased in and FNPT-1 is a simulator: neither is on this school's books, so neither matches.
FLEET = (
    Machine("OY-SKA", "Cessna 172S", "172S-11204", "Roskilde", (HOBBS, TACH, AIRBORNE)),
    Machine("OY-SKB", "Cessna 172S", "172S-10877", "Roskilde", (HOBBS, TACH, AIRBORNE)),
    Machine("OY-PIA", "Piper PA-28-161", "2842019", "Roskilde", (Log(K.TACH, D.DECIMAL_2), AIRBORNE)),
    Machine("OY-PIB", "Piper PA-28-181", "2843688", "Odense", (Log(K.VDO, D.DECIMAL_1), Log(K.BLOCK, D.HHMM))),
    Machine(
        "OY-DAF", "Diamond DA40 NG", "40.N312", "Roskilde", (Log(K.FLIGHT_TIME, D.HHMM), Log(K.AIRBORNE, D.TIMESTAMP))
    ),
    Machine(
        "OY-DAT",
        "Diamond DA42-VI",
        "42.N288",
        "Roskilde",
        (Log(K.BLOCK, D.TIMESTAMP), Log(K.AIRBORNE, D.TIMESTAMP), Log(K.HOBBS, D.DECIMAL_2)),
    ),
    Machine("OY-SRA", "Cirrus SR22", "4471", "Aarhus", (HOBBS, Log(K.FLIGHT_TIME, D.DECIMAL_1))),
    Machine("OY-PCT", "Pilatus PC-12/47E", "1712", "Roskilde", (AIRBORNE, Log(K.BLOCK, D.TIMESTAMP))),
    Machine("OY-BKA", "King Air B200", "BB-1846", "Billund", (Log(K.BLOCK, D.TIMESTAMP), AIRBORNE)),
    Machine("OY-HSK", "Robinson R44 II", "13522", "Roskilde", (HOBBS, Log(K.AIRSWITCH, D.DECIMAL_1))),
)

# Bought last week, papers not entered yet: no opening balance, so its due list is unknown and says so.
NEWCOMER = Machine("OY-MLE", "Maule MX-7-180", "20066C", "Arnborg", (TACH,))
