"""What the start says of the seal that settings name: a bundle should not be the first to find out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from bundles.seals.certificates import CertificateError, service_sealer, trust

SOON = timedelta(days=30)


@register()
def seal_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """The certificate, its key and what stands above it can be read, fit together, and last for a while."""
    if not (settings.SEAL_CERTIFICATE or settings.SEAL_FORMER or settings.TIMESTAMP_ROOT):
        return []
    try:
        trust()
        ends = service_sealer().identity.certificate.not_valid_after_utc
    except CertificateError as error:
        return [Error(str(error), id="bundles.E001")]
    if ends - datetime.now(UTC) < SOON:
        return [Warning(f"The seal's certificate ends on {ends:%d %B %Y}: renew it.", id="bundles.W001")]
    return []
