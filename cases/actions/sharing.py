"""Links with a passcode: made by staff, opened by somebody outside who has both, ended when the thing is taken back."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.limits import limits
from cases.models import Case, ShareLink, ShareOpening
from jobs.actions import ask
from nsvcs.ids import uuid7

TOKEN_BYTES = 24
# No letter or digit that is taken for another when it is read out.
LETTERS, GROUPS, GROUP = "ABCDEFGHJKMNPQRSTVWXYZ23456789", 2, 4  # pragma: allowlist secret

# For each kind of thing: whether that one may not be given out any more. Asked for nobody, so of a function that sees.
_held: dict[str, Callable[[UUID], bool]] = {}
# For each kind that is no file: the page that takes a try at its link and shows what it opens.
_pages: dict[str, "Page"] = {}


class LinkDead(Exception):
    """There is no such link, or nothing opens it any more; which of these is not told."""


class WrongPasscode(Exception):
    """The passcode is another. It was counted."""


@dataclass(frozen=True)
class SharedFile:
    """What a link opens."""

    storage_name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Door:
    """A link as somebody outside finds it: alive, with what a try needs to know."""

    pk: UUID
    case_id: UUID
    what: str
    object_id: UUID
    passcode: str
    file: SharedFile


Page = Callable[[HttpRequest, Door, str], HttpResponse]


def hold_back(what: str, is_held: Callable[[UUID], bool]) -> None:
    """Say, from an app's `ready`, who knows whether a thing of this kind may not be given out any more."""
    _held[what] = is_held


def shown_by(what: str, page: "Page") -> None:
    """Say, from an app's `ready`, which page shows things of a kind that are no files."""
    _pages[what] = page


def page_of(found: Door) -> "Page | None":
    """The page that shows what a link opens; none for a file."""
    return _pages.get(found.what)


def make_link(
    *, case: Case, what: str, object_id: UUID, file: SharedFile, to_name: str, by: User
) -> tuple[ShareLink, str, str]:
    """Make a link to a released thing; those before to the same file end. Audited.

    Returns:
        the link, what its address ends with, and its passcode: neither can be read again.
    """
    now, told = timezone.now(), limits()
    token, passcode = secrets.token_urlsafe(TOKEN_BYTES), _new_passcode()
    with transaction.atomic():
        end_links(what=what, object_id=object_id, by=by, storage_name=file.storage_name)
        link = ShareLink(
            case=case, what=what, object_id=object_id, to_name=to_name, token_digest=digest_of(token),
            passcode=make_password(plain(passcode)), storage_name=file.storage_name, media_type=file.media_type,
            size_bytes=file.size_bytes, sha256=file.sha256, made_by=by, made_at=now,
            expires_at=now + timedelta(days=told["share_link_days"]), most_wrong=told["share_link_tries"],
        )  # fmt: skip
        link.save(force_insert=True)
        detail = {"what": what, "object": str(object_id), "sha256": file.sha256}
        record(Action.SHARE_LINK_MADE, target=link, case_ids=[case.pk], detail=detail)
    return link, token, passcode


def _new_passcode() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def plain(passcode: str) -> str:
    """A passcode as it is compared: however it was typed off a page or heard on the phone."""
    return "".join(letter for letter in passcode.upper() if letter.isalnum())


def digest_of(token: str) -> str:
    """How the end of an address is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_links(*, what: str, object_id: UUID, by: User | None, storage_name: str = "") -> int:
    """End every link to a thing, or to one file of it, at once; `by` nobody: a job. Audited. Returns how many."""
    now, ended = timezone.now(), 0
    mine = ShareLink.objects.visible_to(by) if by else ShareLink.objects.all()
    links = mine.of(what, object_id).standing()
    with transaction.atomic():
        for link in links.filter(storage_name=storage_name) if storage_name else links:
            ShareLink.objects.filter(pk=link.pk).update(ended_at=now)
            record(Action.SHARE_LINK_ENDED, target=link, case_ids=[link.case_id])
            ended += 1
    return ended


def door(token: str) -> Door:
    """The living link behind an address; it stays locked for this transaction, so that tries come one by one.

    Raises:
        LinkDead: there is none, or nothing opens it any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM share_link(%s)", [digest_of(token)])
        row = cursor.fetchone()
    if row is None:
        raise LinkDead
    pk, case_id, kind, object_id, passcode, *file = row
    found = Door(pk, case_id, kind, object_id, passcode, SharedFile(*file))
    if found.what in _held and _held[found.what](found.object_id):
        raise LinkDead
    return found


def open_link(found: Door, passcode: str, outcome: ShareOpening.Outcome = ShareOpening.Outcome.OPENED) -> SharedFile:
    """Try a passcode at a living link, in the transaction in which it was found. Every try is kept, and audited.

    Args:
        found: the link.
        passcode: as it was typed.
        outcome: what comes of it if it is right.

    Raises:
        WrongPasscode: it is another; after as many as the service has set the link is locked, and a job tells whoever
            holds the case.
    """
    is_right = check_password(plain(passcode), found.passcode)
    outcome, opening_id = outcome if is_right else ShareOpening.Outcome.WRONG, uuid7()
    with connection.cursor() as cursor:
        cursor.execute("SELECT share_link_tried(%s, %s, %s)", [found.pk, opening_id, outcome])
    is_answer = outcome == ShareOpening.Outcome.ANSWERED
    right = Action.SHARE_LINK_ANSWERED if is_answer else Action.SHARE_LINK_OPENED
    action = right if is_right else Action.SHARE_LINK_REFUSED
    detail = {"link": str(found.pk), "sha256": found.file.sha256}
    record(action, case_ids=[found.case_id], detail=detail)
    if not is_right:
        key = f"wrong_passcode:{opening_id}"
        ask(name="wrong_passcode", key=key, object_id=found.pk, case_id=found.case_id, by=None)
        raise WrongPasscode
    return found.file
