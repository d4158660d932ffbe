"""Which IP addresses may be dialled. Pure: no sockets, no settings.

The tables follow the IANA special-purpose address registries (RFC 6890 and its updates). They are written out instead
of leaning on `ipaddress.is_global`, whose answers changed between patch releases of Python.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Door:
    """One port of one machine that the operator opened."""

    address: IPAddress
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if self.address.version == 6 else f"{self.address}:{self.port}"

    @property
    def is_global(self) -> bool:
        return self.address.is_global


AllowList: TypeAlias = tuple[IPv4Network | IPv6Network | Door, ...]

_REFUSED_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's shared network"),
        ("127.0.0.0/8", "this machine itself"),
        ("168.63.129.16/32", "a cloud provider's metadata service"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "an address reserved for documentation"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "an address reserved for benchmarks"),
        ("198.51.100.0/24", "an address reserved for documentation"),
        ("203.0.113.0/24", "an address reserved for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)

# Only 2000::/3 is handed out for the public internet; the table before it gives the better word for the rest.
_PUBLIC_V6 = IPv6Network("2000::/3")
_REFUSED_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "an unspecified address"),
        ("::1/128", "this machine itself"),
        ("::ffff:0:0/96", "an IPv4 address in IPv6 clothing"),
        ("::/96", "an IPv4 address in IPv6 clothing"),
        ("::ffff:0:0:0/96", "an IPv4 address in IPv6 clothing"),
        ("64:ff9b:1::/48", "a private translation prefix"),
        ("100::/64", "a discard address"),
        ("2001::/32", "a Teredo tunnel"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "an address reserved for documentation"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "an address reserved for documentation"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "a multicast address"),
    )
)
# Networks that have only IPv6 reach IPv4 partners through this prefix (RFC 6052): the address inside decides.
_NAT64 = IPv6Network("64:ff9b::/96")
# ISATAP (RFC 5214) hides an IPv4 address behind these 32 bits of the interface id.
_ISATAP = (0x00005EFE, 0x02005EFE)


def parse_allow(text: str | Sequence[str]) -> AllowList:
    """The operator's allow-list from "10.20.0.0/16, 10.1.2.3:8443" or a list. ValueError names a wrong entry."""
    entries = text.replace(",", " ").split() if isinstance(text, str) else text
    networks: list[IPv4Network | IPv6Network | Door] = []
    for entry in entries:
        try:
            networks.append(_door(entry.strip()) or ip_network(entry.strip()))
        except ValueError as error:
            raise ValueError(
                f"HANGARLINK_OUTBOUND_ALLOW: {entry!r} is not a range of addresses ({error}). "
                "Write ranges like 10.20.0.0/16 or fd00:1234::/48, or one port like 10.1.2.3:8443, separated by commas."
            ) from None
    return tuple(networks)


def _door(entry: str) -> Door | None:
    """ "10.1.2.3:8443" or "[fd00::1]:8443"; None for what is not written so. ValueError for a wrong address or port."""
    host, colon, port = entry.rpartition(":")
    is_v6 = host.startswith("[") and host.endswith("]")
    if not colon or (":" in host and not is_v6):
        return None
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{port!r} is no port")
    return Door(IPv6Address(host[1:-1]) if is_v6 else ip_address(host), int(port))


def is_opened(address: IPAddress, allow: AllowList, port: int | None) -> bool:
    """Whether the allow-list has it. Without a port only ranges open anything."""
    return any(
        (address, port) == (entry.address, entry.port) if isinstance(entry, Door) else address in entry
        for entry in allow
    )


def why_refused(address: IPAddress, allow: AllowList = (), port: int | None = None) -> str:
    """What kind of address this is, when it may not be dialled ("a private network"); "" when it may."""
    if is_opened(address, allow, port):
        return ""
    if isinstance(address, IPv4Address):
        return _kind(address, _REFUSED_V4)
    if address in _NAT64:
        inside = _kind(IPv4Address(int(address) & 0xFFFFFFFF), _REFUSED_V4)
        return inside and f"{inside} behind a NAT64 prefix"
    return _kind_v6(address)


def _kind_v6(address: IPv6Address) -> str:
    if address.scope_id is not None:
        return "a link-local address"
    if kind := _kind(address, _REFUSED_V6):
        return kind
    if address not in _PUBLIC_V6:
        return "a reserved address"
    return "an ISATAP tunnel" if int(address) >> 32 & 0xFFFFFFFF in _ISATAP else ""


def _kind(address: IPAddress, table: tuple[tuple[IPv4Network | IPv6Network, str], ...]) -> str:
    return next((kind for network, kind in table if address in network), "")
