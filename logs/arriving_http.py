"""The resumable upload protocol for a person's own files: the same answers in the portal and inside a case.

A request is checked in a short transaction, bytes are read from the line with none open, and kept in a second one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.http import AuthenticatedRequest
from accounts.models import User
from cases.models import Case
from logs.actions.arriving import ArrivalRefused, begin_arrival, receive_piece, received, remove_arrival
from logs.arriving import look_now
from logs.limits import limits
from logs.models import Arrival
from nsvcs import tus
from nsvcs.identity import acting_as
from nsvcs.storage import StorageError, StorageFull

MOST_LISTED = 50
# What each refusal is answered with, and how it is said.
ANSWERS: dict[str, tuple[int, str | Promise]] = {
    "empty": (400, gettext_lazy("This file is empty. Check that it opens, then choose it again.")),
    "too_big": (413, gettext_lazy("This file is too big. It can be %(recording)s at most.")),
    "too_many": (413, gettext_lazy("You have too many unfinished files. Finish or remove one first.")),
    "too_much": (413, gettext_lazy("Your unfinished files are too big together. Finish or remove one first.")),
    "case_full": (413, gettext_lazy("There is no more room for files here. Call us and we will help.")),
    "too_long": (413, gettext_lazy("This is more than the file was said to hold. Choose the file again.")),
    "other_offset": (409, gettext_lazy("Another window has sent this part already.")),
    "gone": (410, gettext_lazy("This file ran out of time or was removed. Choose it again.")),
    "note_saved": (409, gettext_lazy("This note is saved already. Open it and press “Add to this note”.")),
    "no_note": (404, ""),
    "disk_full": (507, gettext_lazy("We have no room for the file just now. Nothing is lost. Try again later.")),
}


@dataclass(frozen=True)
class Meant:
    """What an upload is for: the key of a note, or of a batch to bring in, and the case or cases it may belong to."""

    entry_key: UUID
    cases: Sequence[Case]
    case_id: UUID | None = None
    is_source: bool = False


Meaning = Callable[[dict[str, str]], Meant]  # what the sender's headers say the file is for; raises ArrivalRefused


def refused_by(refused: ArrivalRefused) -> tus.Refused:
    """The status and the sentence of a refusal."""
    if refused.code == "not_kept" and refused.arrival is not None:
        return tus.Refused(413 if refused.arrival.refusal == "too_big" else 415, refused.arrival.refusal_words)
    status, words = ANSWERS[refused.code]
    return tus.Refused(status, str(words) % {"recording": filesizeformat(limits()["upload_recording_bytes"])})


def arrivals(request: AuthenticatedRequest, meaning: Meaning, address: Callable[[str], str]) -> HttpResponse:
    """All of one's files: begin one, ask how far some are, ask what is spoken here.

    Args:
        request: from somebody who may open this page.
        meaning: finds out what a new upload is for; called inside a transaction of the sender's.
        address: of one upload by its letters.
    """
    if request.method == "OPTIONS":
        return tus.offered(limits()["upload_recording_bytes"])
    if request.method in {"GET", "HEAD"}:
        return JsonResponse({"files": _states(request.user, request.GET.get("files", ""))})
    try:
        tus.check_version(request)
        return _begin(request, meaning, address)
    except ArrivalRefused as refused:
        return tus.refusal(refused_by(refused))
    except StorageFull:
        return tus.refusal(refused_by(ArrivalRefused("disk_full")))
    except tus.Refused as refused:
        return tus.refusal(refused)


def _begin(request: AuthenticatedRequest, meaning: Meaning, address: Callable[[str], str]) -> HttpResponse:
    size_bytes, said = tus.number_of(request, "Upload-Length"), tus.metadata_of(request)
    with acting_as(request.user.pk):
        meant = meaning(said)
        arrival = begin_arrival(
            entry_key=meant.entry_key, cases=meant.cases, case_id=meant.case_id, size_bytes=size_bytes,
            name=said.get("filename", ""), first_sha256=said.get("first", ""), by=request.user,
            is_source=meant.is_source, begun_key=key_in(said["key"]) if "key" in said else None,
        )  # fmt: skip
    return tus.answer(201, headers=[("Location", address(arrival.letters)), tus.expires(arrival.expires_at)])


def _states(user: User, letters: str) -> list[dict[str, object]]:
    with acting_as(user.pk):
        found = list(Arrival.objects.visible_to(user).filter(letters__in=letters.split(",")[:MOST_LISTED]))
    return [
        {
            "letters": each.letters,
            "state": each.state,
            "received": received(each),
            "words": each.refusal_words or str(each.get_state_display()),
        }
        for each in found
    ]


def arrival(request: AuthenticatedRequest, letters: str, belongs: Q) -> HttpResponse:
    """One upload: how far it is, a piece more, or taken back.

    Args:
        request: from somebody who may open this page.
        letters: of the upload.
        belongs: what must hold of it at this address besides being the sender's own.

    Raises:
        Http404: there is none here of this person's.
    """
    with acting_as(request.user.pk):
        found = Arrival.objects.visible_to(request.user).filter(belongs, letters=letters).first()
    if found is None:
        raise Http404
    try:
        return _answer(request, found)
    except ArrivalRefused as refused:
        return tus.refusal(refused_by(refused))
    except StorageError:
        return tus.refusal(refused_by(ArrivalRefused("disk_full")))
    except tus.Refused as refused:
        return tus.refusal(refused)


def _answer(request: AuthenticatedRequest, found: Arrival) -> HttpResponse:
    verb = tus.verb_of(request)
    if verb == "OPTIONS":
        return tus.offered(limits()["upload_recording_bytes"])
    if verb not in {"HEAD", "PATCH", "DELETE"}:
        return tus.answer(405, headers=[("Allow", "HEAD, PATCH, DELETE, OPTIONS")])
    tus.check_version(request)
    if verb == "HEAD":
        return _how_far(found)
    if verb == "PATCH":
        after = receive_piece(arrival_id=found.pk, piece=tus.read_piece(request), by=request.user)
        look_now(after)
        return tus.answer(204, headers=[("Upload-Offset", after.received_bytes), tus.expires(after.expires_at)])
    with acting_as(request.user.pk):
        is_gone = remove_arrival(arrival=found, by=request.user)
    return tus.answer(204) if is_gone else tus.answer(409, _("This file is with your note now. It stays there."))


def _how_far(found: Arrival) -> HttpResponse:
    if found.state in {Arrival.State.REFUSED, Arrival.State.EXPIRED}:
        raise ArrivalRefused("gone", found)
    label = tus.metadata_header(filename=found.file_label)
    headers = [("Upload-Offset", received(found)), ("Upload-Length", found.size_bytes), ("Upload-Metadata", label)]
    return tus.answer(200, headers=[*headers, tus.expires(found.expires_at)])


def key_in(text: str) -> UUID:
    """A key that a page made.

    Raises:
        ArrivalRefused: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise ArrivalRefused("no_note") from None


def arrivals_in(data: Any) -> list[str]:
    """Letters of the uploads that a form carries, finished or not."""
    return list(data.getlist("files"))[:MOST_LISTED] if hasattr(data, "getlist") else []


def stays_while_sending(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that stays until it knows that all has arrived is told where to go, and goes by itself."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        if answer.status_code == 302 and request.headers.get("Accept") == "application/json":
            return JsonResponse({"to": answer["Location"]})
        return answer

    return told
