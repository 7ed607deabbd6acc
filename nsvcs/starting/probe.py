"""A container engine's question to its own web process: exit 0 while `/health` answers 200."""

import http.client
import os
import sys
from urllib.parse import urlsplit

SECONDS = 8


def main() -> None:
    """Ask as the proxy in front would, so that host and scheme are accepted."""
    site = urlsplit(os.environ.get("SITE_URL") or "http://localhost")
    door = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=SECONDS)
    try:
        door.request("GET", "/health", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme})
        sys.exit(door.getresponse().status != 200)
    except OSError:
        sys.exit(1)


if __name__ == "__main__":
    main()
