"""The demo fleet of "Skyline Flight School", as plain data, and the keys that open its account.

Totals are those of the morning of 1 June 2026, before the first flight of the demo history.

| call sign | model     | primary log               | secondary log             | tertiary log             |
|-----------|-----------|---------------------------|---------------------------|--------------------------|
| OY-SKA    | C172S     | HOBBS DECIMAL_HOURS       | TACH DECIMAL_HOURS        | AIRBORNE HOURS_MINUTES   |
| OY-SKB    | C172S     | HOBBS DECIMAL_HOURS       | TACH DECIMAL_HOURS        | AIRBORNE HOURS_MINUTES   |
| OY-RNT    | C172S     | HOBBS DECIMAL_HOURS       | TACH DECIMAL_HOURS        |                          |
| OY-PIA    | PA-28-161 | TACH LONG_DECIMAL_HOURS   | AIRBORNE HOURS_MINUTES    |                          |
| OY-PIB    | PA-28-181 | VDO DECIMAL_HOURS         | BLOCK HOURS_MINUTES       |                          |
| OY-DAF    | DA40 NG   | FLIGHT_TIME HOURS_MINUTES | AIRBORNE TIMESTAMP        |                          |
| OY-DAT    | DA42-VI   | BLOCK TIMESTAMP           | AIRBORNE TIMESTAMP        | HOBBS LONG_DECIMAL_HOURS |
| OY-SRA    | SR22      | HOBBS DECIMAL_HOURS       | FLIGHT_TIME DECIMAL_HOURS |                          |
| OY-PCT    | PC-12/47E | AIRBORNE HOURS_MINUTES    | BLOCK TIMESTAMP           |                          |
| OY-BKA    | B200      | BLOCK TIMESTAMP           | AIRBORNE HOURS_MINUTES    |                          |
| OY-HSK    | R44 II    | HOBBS DECIMAL_HOURS       | AIRSWITCH DECIMAL_HOURS   |                          |
| FNPT-1    | ALX       | BLOCK HOURS_MINUTES       |                           |                          |

Meant to make a client think: OY-RNT is leased in and need not exist elsewhere; OY-PIB has a VDO meter, which few have;
FNPT-1 is a simulator and never lands; OY-SOL (C152) was sold: it is not listed any more, its flights still are.
docs/integrator/sandbox-flightlogger.md gives the opening totals in seconds; a test keeps that table true.
"""

from datetime import date
from decimal import Decimal
from typing import Any

HISTORY_STARTS = date(2026, 6, 1)
"""The demo history begins here whatever today is, so that a restarted sandbox shows the same flights again."""

# Sandbox keys, not secrets: they open an invented school on the reader's own machine.
DEMO_KEY = "demo-skyline-head-of-training"
SECOND_KEY = "demo-skyline-second-key-same-user"
STUDENT_KEY = "demo-skyline-student"
EXPIRED_KEY = "demo-skyline-expired"


def _seconds(reading: str) -> int:
    """'4312.6' or '3590:24' as seconds."""
    if ":" in reading:
        hours, minutes = reading.split(":")
        return int(hours) * 3600 + int(minutes) * 60
    return int(Decimal(reading) * 3600)


def _row(call_sign: str, model: str, style: str, landings: int, *logs: str, **more: Any) -> dict[str, Any]:
    """A log is written 'TYPE MEASUREMENT opening', e.g. 'HOBBS DECIMAL_HOURS 4312.6'."""
    split = [log.split() for log in logs]
    return {
        "call_sign": call_sign,
        "model": model,
        "aircraft_class": more.pop("aircraft_class", "SINGLE_ENGINE"),
        "aircraft_type": more.pop("aircraft_type", "AIRPLANE"),
        "style": style,
        "landings": landings,
        "logs": [{"type": kind, "measurement": how, "total_seconds": _seconds(at)} for kind, how, at in split],
        "disabled": more.pop("disabled", False),
        "fuel_per_hour": more.pop("fuel_per_hour", None),
    }


def fleet() -> list[dict[str, Any]]:
    """The demo fleet in order of id, the sold aircraft last. Fresh dicts, yours to keep.

    Keys: call_sign, model, aircraft_class, aircraft_type, style (how it is flown), landings, disabled, fuel_per_hour
    (litres) and logs: [{type, measurement, total_seconds}] (primary, secondary, tertiary; opening totals).
    """
    hobbs, tach, airborne = "HOBBS DECIMAL_HOURS", "TACH DECIMAL_HOURS", "AIRBORNE HOURS_MINUTES"
    twin, lit = {"aircraft_class": "MULTI_ENGINE"}, "fuel_per_hour"
    return [
        _row(
            "OY-SKA", "C172S", "school", 9120, f"{hobbs} 4312.6", f"{tach} 3688.1", f"{airborne} 3401:24", **{lit: 34.0}
        ),
        _row(
            "OY-SKB", "C172S", "school", 6480, f"{hobbs} 3055.3", f"{tach} 2611.9", f"{airborne} 2410:42", **{lit: 34.0}
        ),
        _row("OY-RNT", "C172S", "school", 4015, f"{hobbs} 1987.2", f"{tach} 1702.5", **{lit: 34.0}),
        _row(
            "OY-PIA",
            "PA-28-161",
            "school",
            11894,
            "TACH LONG_DECIMAL_HOURS 7420.35",
            f"{airborne} 6911:05",
            **{lit: 32.0},
        ),
        _row(
            "OY-PIB",
            "PA-28-181",
            "school",
            5210,
            "VDO DECIMAL_HOURS 2899.4",
            "BLOCK HOURS_MINUTES 2776:30",
            **{lit: 36.0},
        ),
        _row(
            "OY-DAF",
            "DA40 NG",
            "school",
            3307,
            "FLIGHT_TIME HOURS_MINUTES 1244:15",
            "AIRBORNE TIMESTAMP 1102:48",
            **{lit: 22.0},
        ),
        _row(
            "OY-DAT",
            "DA42-VI",
            "school",
            2264,
            "BLOCK TIMESTAMP 1610:20",
            "AIRBORNE TIMESTAMP 1422:51",
            "HOBBS LONG_DECIMAL_HOURS 1688.27",
            **{lit: 40.0},
            **twin,
        ),
        _row("OY-SRA", "SR22", "touring", 1530, f"{hobbs} 978.8", "FLIGHT_TIME DECIMAL_HOURS 902.1", **{lit: 62.0}),
        _row("OY-PCT", "PC-12/47E", "charter", 2871, f"{airborne} 3120:37", "BLOCK TIMESTAMP 3544:09", **{lit: 230.0}),
        _row(
            "OY-BKA", "B200", "charter", 8743, "BLOCK TIMESTAMP 9877:55", f"{airborne} 8790:12", **{lit: 390.0}, **twin
        ),
        _row(
            "OY-HSK",
            "R44 II",
            "rotor",
            3918,
            f"{hobbs} 1466.0",
            "AIRSWITCH DECIMAL_HOURS 1301.7",
            aircraft_type="HELICOPTER",
            **{lit: 57.0},
        ),
        _row("FNPT-1", "ALX", "simulator", 0, "BLOCK HOURS_MINUTES 5230:00", aircraft_class="SIMULATOR"),
        _row("OY-SOL", "C152", "sold", 15220, f"{tach} 9950.2", disabled=True, **{lit: 23.0}),
    ]
