"""What people are told while a bundle is made, and when it cannot be."""

import re
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bundles.building.estimating import GROUPS, group_of
from bundles.models import Bundle
from jobs.models import Job

# What is being done; how far, where a step has pieces.
STEPS: dict[str, str | Promise] = {
    "copies": gettext_lazy("making viewing copy %(item)s of %(items)s"),
    "reading": gettext_lazy("reading what was chosen"),
    "checking": gettext_lazy("checking original %(item)s of %(items)s"),
    "preparing": gettext_lazy("adding file %(item)s of %(items)s"),
    "printing": gettext_lazy("setting the pages, part %(item)s of %(items)s"),
    "joining": gettext_lazy("putting the pages together"),
    "looking over": gettext_lazy("looking it over"),
    "sealing": gettext_lazy("sealing it"),
    "keeping": gettext_lazy("keeping it"),
}
FAILURES: dict[str, str | Promise] = {
    "not_allowed": gettext_lazy("The person who asked for it no longer has this case."),
    "not_found": gettext_lazy("Something in it can no longer be seen by the person who asked for it."),
    "storage_storagefull": gettext_lazy("There is no room to keep it. Nothing was lost. Try again later."),
    "disk": gettext_lazy("There was no room to make it. Nothing was lost. Try again later."),
    "timestamp_unreachable": gettext_lazy(
        "The time stamp authority does not answer, so it could not be sealed. Nothing was lost. Try again later."
    ),
    "revocation_unreachable": gettext_lazy(
        "Whoever issued the seal’s certificate does not answer, so it could not be sealed. Try again later."
    ),
    "revocation_unproved": gettext_lazy(
        "What was answered about the seal’s certificate did not hold, so it could not be sealed. Try again later. If "
        "that does not help, tell whoever runs the service."
    ),
    "certificate_revoked": gettext_lazy("The seal’s certificate was taken back. Tell whoever runs the service today."),
    "seal_certificate": gettext_lazy(
        "The seal’s certificate or key cannot be used. Tell whoever runs the service today. The choice is kept."
    ),
    "seal_broken": gettext_lazy("The seal did not hold when it was looked over. Tell whoever runs the service today."),
    "worker_lost": gettext_lazy("The worker stopped several times while making it. Tell whoever runs the service."),
    "unexpected": gettext_lazy("Something went wrong that we did not expect. Try again; the choice is kept."),
}
# Where one exhibit or entry stopped it.
STOPPED_AT: dict[str, str | Promise] = {
    "original_missing": gettext_lazy(
        "The original of %(item)s is not where it is kept. Tell whoever runs the service today: it must be found."
    ),
    "original_changed": gettext_lazy(
        "The original of %(item)s is no longer the file that arrived. Tell whoever runs the service today. Do not use "
        "this exhibit until that is cleared up."
    ),
    "redaction_stale": gettext_lazy(
        "What was redacted in %(item)s was chosen on another version of it. Choose it again in a new bundle."
    ),
    "redaction_failed": gettext_lazy("%(item)s could not be redacted safely, so it was not printed at all."),
    "text_lost": gettext_lazy("%(item)s could not be printed with every letter of it. The choice is kept."),
    "memory": gettext_lazy("%(item)s needs more memory than a bundle may take. The choice is kept."),
    "time": gettext_lazy("%(item)s takes longer to print than it may. The choice is kept."),
}
FEW_SECONDS = 6
# Why a move of a release was refused, by the name of the refusal.
WHY_NOT: dict[str, str | Promise] = {
    "GateShut": gettext_lazy("It was not approved: the checks have changed since you saw them. Look at them again."),
    "Moved": gettext_lazy("Nothing was done: somebody else was quicker, or the time for it is over."),
    "NotReady": gettext_lazy("Nothing was done: the bundle cannot leave as it is."),
    "SamePerson": gettext_lazy("You approved it first. The second person is somebody else."),
    "WrongWay": gettext_lazy("Nothing was done: such a bundle does not go that way."),
}
_EXHIBIT, _ENTRY = re.compile(r"E(\d+)"), re.compile(r"entry (\d+)")


def step_sentence(job: Job | None, ahead: int = 0, *, now: datetime | None = None) -> str:
    """How far it is, in one line.

    Args:
        job: the newest for the bundle, if it is still there.
        ahead: how many bundles wait before this one.
        now: the moment it is read at; the present one if not given.
    """
    if job is None or job.state == Job.State.QUEUED:
        return _waiting_sentence(ahead, has_begun=job is not None and job.claimed_at is not None)
    number = group_of(job.step)
    if not number:
        return _("Starting.")
    what = str(STEPS[job.step]) % {"item": job.item, "items": job.items}
    told = {"step": number, "steps": len(GROUPS), "what": what, "left": left_words(job, now or timezone.now())}
    return _("Step %(step)s of %(steps)s: %(what)s%(left)s.") % told


def _waiting_sentence(ahead: int, *, has_begun: bool) -> str:
    if ahead:
        before = ngettext("%(count)s bundle before yours", "%(count)s bundles before yours", ahead) % {"count": ahead}
        begun = _("Part of it is made. Waiting for its next turn: %(before)s.")
        return (begun if has_begun else _("Waiting for a worker: %(before)s.")) % {"before": before}
    return _("Part of it is made. Yours is next.") if has_begun else _("Waiting for a worker. Yours is next.")


def left_words(job: Job, now: datetime) -> str:
    """About how long it will still take, as a piece of a sentence; nothing where nobody knows."""
    if job.seconds_left is None or job.told_at is None:
        return ""
    left = job.seconds_left - (now - job.told_at).total_seconds()
    if left <= FEW_SECONDS:
        return _(", a few seconds left")
    if left <= 60:
        return _(", about %(seconds)s seconds left") % {"seconds": -(-int(left) // 10) * 10}
    minutes = -(-int(left) // 60)
    return _(", about %(minutes)s minutes left") % {"minutes": minutes}


def item_words(item: str) -> str:
    """What a bundle failed at, for people: "exhibit E3", "entry 12"; other places by their name."""
    if found := _EXHIBIT.fullmatch(item):
        return _("exhibit E%(number)s") % {"number": found[1]}
    if found := _ENTRY.fullmatch(item):
        return _("entry %(number)s") % {"number": found[1]}
    return item or _("an unknown place")


def failure_sentence(bundle: Bundle, job: Job | None) -> str:
    """Why it could not be made, naming the item; empty when nothing failed."""
    has_job_failed = job is not None and job.state == Job.State.FAILED
    if bundle.is_ready or (bundle.state != Bundle.State.FAILED and not has_job_failed):
        return ""
    code = bundle.error_code or (job.error_code if job else "")
    item = bundle.error_item or (job.error_item if job else "")
    if code in FAILURES:
        return str(FAILURES[code])
    why = STOPPED_AT.get(code) or _("It stopped at %(item)s (%(code)s). The choice is kept.")
    sentence = str(why) % {"item": item_words(item), "code": code}
    return sentence[:1].upper() + sentence[1:]
