"""Requests that leave the house: to public addresses alone, at the address that was looked at, and never redirected.

A name is resolved once, by the connection itself, and each address is looked at before it is connected to: a name that
changes its address between a look and a connection (DNS rebinding) gains nothing. Proxies of the environment are asked
for hosts of our own choice alone, since they resolve names out of our sight.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.connection import create_connection

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
MOST_BYTES = 64 * 1024
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(ValueError):
    """An address inside the house, or one that nothing of ours may speak to."""


@dataclass(frozen=True, slots=True)
class Houses:
    """What may be spoken to although it is not public: names and networks that the machine's settings name."""

    names: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = field(default=())

    @classmethod
    def of(cls, words: Collection[str]) -> Houses:
        """Read names, addresses and networks; raises ``ValueError`` for a network that is none."""
        networks = tuple(ipaddress.ip_network(word) for word in words if "/" in word or _is_address(word))
        return cls(frozenset(word.casefold() for word in words if "/" not in word), networks)

    def allow(self, host: str, address: IpAddress) -> bool:
        """Say whether an address may be spoken to."""
        inner = inner_address(address)
        is_named = host.casefold() in self.names or any(inner in network for network in self.networks)
        return is_named or (inner.is_global and not inner.is_multicast)


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def inner_address(address: IpAddress) -> IpAddress:
    """Return the IPv4 address that an IPv6 one stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def check_url(url: str, houses: Houses) -> None:
    """Refuse what is no plain web address: another scheme, a user in it, and http to anywhere but a named house."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ForbiddenAddressError("not an address") from error
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError("not a plain web address")
    if parts.scheme == "http" and not _is_house(host, houses):
        raise ForbiddenAddressError("not https")
    if _is_address(host) and not houses.allow(host, ipaddress.ip_address(host)):
        raise ForbiddenAddressError("a private address")


def _is_house(host: str, houses: Houses) -> bool:
    return host.casefold() in houses.names or (_is_address(host) and houses.allow(host, ipaddress.ip_address(host)))


def guarded_session(houses: Houses, *, by_proxy: bool = False) -> requests.Session:
    """Return a session that connects to allowed addresses alone; close it after use.

    ``by_proxy`` is for hosts that nobody typed: a proxy of the environment may be asked, and looks names up itself.
    """
    session = requests.Session()
    session.trust_env = by_proxy
    for scheme in ("https://", "http://"):
        session.mount(scheme, _GuardedAdapter(houses))
    return session


def post(session: requests.Session, url: str, body: bytes, headers: dict[str, str]) -> requests.Response:
    """Post, without following a redirect; of the answer's body a little is read, so that none can fill the memory."""
    answer = session.post(
        url, data=body, headers=headers, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True
    )
    try:
        answer._content = answer.raw.read(MOST_BYTES, decode_content=True)
    except HTTPError as error:
        raise requests.ConnectionError("the answer broke off") from error
    finally:
        answer.close()
    return answer


def _connect(connection: HTTPConnection, houses: Houses) -> socket.socket:
    """Connect to the first allowed address of the connection's host; all of them must be allowed."""
    host, port = connection.host.strip("[]"), connection.port or 0
    try:
        found = [row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"Failed to resolve {host}") from error
    if any(not houses.allow(host, ipaddress.ip_address(str(one).split("%")[0])) for one in found):
        raise ForbiddenAddressError("a private address")
    failure: OSError | None = None
    for address in dict.fromkeys(found):
        try:
            return create_connection((str(address), port), connection.timeout, socket_options=connection.socket_options)
        except OSError as error:
            failure = error
    raise NewConnectionError(connection, f"Failed to establish a new connection: {failure}") from failure


def _pools(houses: Houses) -> dict[str, type]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, houses)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, houses)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, houses: Houses) -> None:
        self._houses = houses
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._houses)
