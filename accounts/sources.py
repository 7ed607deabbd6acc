"""Where a request came from: the network address, and what kind of browser, in words its owner knows again."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from accounts.keys import keyed_digest

UNKNOWN = "unknown"
# The first that fits; Edge, Samsung and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def client_address(request: HttpRequest) -> str | None:
    """The browser's network address; none when the connection has none (a socket).

    A header can be written by anybody, so it is read only behind TRUSTED_PROXY_COUNT proxies of ours, and then from
    the right: the n-th entry from the end is the one the outermost of them wrote.
    """
    proxies = settings.TRUSTED_PROXY_COUNT
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    found = passed[-proxies] if 0 < proxies <= len(passed) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return None


def source_of(request: HttpRequest) -> str:
    """A keyed digest of where tries come from: the address, of IPv6 only the network part one household has."""
    address = client_address(request)
    if address is None:
        return keyed_digest(b"nsvcs source v1", UNKNOWN)
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6:
        parsed = ipaddress.ip_network(f"{address}/64", strict=False).network_address
    return keyed_digest(b"nsvcs source v1", str(parsed))


def browser_words(request: HttpRequest) -> str:
    """Browser and device in words, as "Firefox on Android"; what is not known is left out."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " on ".join(part for part in (browser, system) if part)
