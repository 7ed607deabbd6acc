"""The page in the police pack that says how to check it with tools that everybody has: as a PDF and as plain text."""

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.x509 import Name
from cryptography.x509.oid import NameOID
from django.template.loader import render_to_string

from bundles.seals.facts import grouped
from bundles.seals.packing import CHECKS, SIGNATURE
from bundles.seals.sealing import Sealer
from bundles.seals.stamping import OwnAuthority
from jobs import child
from nsvcs.fonts import write_fonts_conf

CSS = Path(__file__).parent / "how_to.css"
MEMORY_MB, SECONDS = 512, 60
GROUPS_A_LINE = 8
OWN_STAMPS = "Time stamps in this pack are self-made: they show order, not proof."
OUTSIDE_STAMPS = "Time stamps in this pack are from an authority outside the service."


@dataclass(frozen=True)
class Step:
    """One thing to check: what it shows, and the commands by the machine they are for."""

    title: str
    shows: str
    commands: tuple[tuple[str, str], ...]


def make(sealer: Sealer) -> tuple[bytes, bytes]:
    """The page as text and as a PDF: the same for every pack of one sealer, so it is printed once.

    Raises:
        jobs.child.ChildFailed: it could not be printed.
    """
    seal = _common_name(sealer.identity.certificate.subject)
    is_own = isinstance(sealer.authority, OwnAuthority)
    return _printed(seal, sealer.fingerprint, bool(sealer.head), is_own, sealer.is_scanned)


@lru_cache(maxsize=4)
def _printed(seal: str, fingerprint: str, has_log: bool, is_own: bool, is_scanned: bool) -> tuple[bytes, bytes]:
    told = {"steps": steps(has_log=has_log), "seal": seal, "fingerprint": fingerprint, "is_scanned": is_scanned}
    groups = grouped(fingerprint)
    told["lines"] = [" ".join(groups[at : at + GROUPS_A_LINE]) for at in range(0, len(groups), GROUPS_A_LINE)]
    told |= {"stamps": OWN_STAMPS if is_own else OUTSIDE_STAMPS}
    text = render_to_string("bundles/pdf/how_to.txt", told)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        html, out = render_to_string("bundles/pdf/how_to.html", told), folder / "how-to.pdf"
        payload = {"html": html, "css": str(CSS), "out": str(out), "fonts_conf": str(write_fonts_conf(folder))}
        child.run("bundles.engine.printing:render", payload, memory_mb=MEMORY_MB, seconds=SECONDS)
        return text.encode(), out.read_bytes()


CMS = (
    f"openssl cms -verify -binary -inform DER -in {SIGNATURE} -content tagmanifest-sha256.txt "
    f"-CAfile data/{CHECKS}/seal-root.pem -purpose any -out check.out"
)
STAMP = f"openssl ts -verify -token_in -CAfile data/{CHECKS}/time-root.pem -in data/{CHECKS}"
STEPS = (
    Step(
        "Nothing is missing or changed",
        "Each line ends in OK. On Windows compare what is shown with the line of that file in manifest-sha256.txt.",
        (
            ("Linux", "sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt"),
            ("macOS", "shasum -a 256 -c manifest-sha256.txt tagmanifest-sha256.txt"),
            ("Windows", r"certutil -hashfile data\bundle.pdf SHA256"),
        ),
    ),
    Step("The service put it together", "The answer is “CMS Verification successful”.", (("With OpenSSL", CMS),)),
    Step(
        "The bundle carries the service’s seal",
        "Any PDF reader shows the seal among the signatures. Without a reader:",
        (("With Poppler", "pdfsig data/bundle.pdf"),),
    ),
    Step(
        "The list existed at the time of its stamp",
        "The answer is “Verification: OK”. The time is in the answer to the second line.",
        (
            ("With OpenSSL", f"{STAMP}/manifest.tsr -data data/manifest.json"),
            ("The time", f"openssl ts -reply -token_in -text -in data/{CHECKS}/manifest.tsr"),
        ),
    ),
)
LOG = Step(
    "The log existed at the time of its stamp",
    "log.txt holds the number and digest of the newest link of the log’s chain. It existed then, and all before it.",
    (("With OpenSSL", f"{STAMP}/log.tsr -data data/{CHECKS}/log.txt"),),
)


def steps(*, has_log: bool) -> tuple[Step, ...]:
    """What there is to check, the simplest first."""
    return (*STEPS, LOG) if has_log else STEPS


def _common_name(subject: Name) -> str:
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else subject.rfc4514_string()
