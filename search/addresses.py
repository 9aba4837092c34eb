"""Which network addresses an outsider's URL may lead to."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")
LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, and so is every IPv4 address that it wraps.

    Not so: private, loopback, link-local (where clouds keep their metadata), shared, multicast, reserved and
    unspecified addresses, and IPv6 forms (mapped, 6to4, Teredo, NAT64, compatible) that lead to one.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip in NAT64:  # a translator's, which counts as reserved itself
        return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
    if isinstance(ip, IPv6Address) and ip.sixtofour is not None:  # which Pythons before 3.11.4 call reserved, too
        return is_public(str(ip.sixtofour))
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    if isinstance(ip, IPv4Address):
        return True
    if ip.is_site_local or ip in LOCAL_NAT64:
        return False
    return all(is_public(str(inner)) for inner in _wrapped(ip))


def _wrapped(ip: IPv6Address) -> list[IPv4Address]:
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    return [inner for inner in found if inner is not None]
