"""What people are told while a bundle is made, and when it cannot be."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.models import Bundle
from jobs.models import Job

STEPS: dict[str, str | Promise] = {
    "copies": gettext_lazy("Making viewing copies"),
    "checking": gettext_lazy("Checking the originals"),
    "preparing": gettext_lazy("Preparing the files"),
    "printing": gettext_lazy("Setting the pages"),
    "joining": gettext_lazy("Putting the pages together"),
    "looking over": gettext_lazy("Looking it over"),
    "sealing": gettext_lazy("Sealing it"),
}
FAILURES: dict[str, str | Promise] = {
    "not_allowed": gettext_lazy("The person who asked for it no longer has this case."),
    "storage_storagefull": gettext_lazy("There is no room to keep it. Nothing was lost. Try again later."),
    "worker_lost": gettext_lazy("The worker stopped several times while making it. Tell whoever runs the service."),
    "unexpected": gettext_lazy("Something went wrong that we did not expect. Try again; the choice is kept."),
}


def step_sentence(job: Job | None) -> str:
    """How far it is, in one line."""
    if job is None or job.state == Job.State.QUEUED:
        return _("Waiting for a worker.")
    step = STEPS.get(job.step, job.step) or _("Starting")
    if job.total:
        return _("%(step)s: %(done)s of %(total)s") % {"step": step, "done": job.done, "total": job.total}
    return str(step)


def failure_sentence(bundle: Bundle, job: Job | None) -> str:
    """Why it could not be made, naming the item; empty when nothing failed."""
    has_job_failed = job is not None and job.state == Job.State.FAILED
    if bundle.is_ready or (bundle.state != Bundle.State.FAILED and not has_job_failed):
        return ""
    code = bundle.error_code or (job.error_code if job else "")
    item = bundle.error_item or (job.error_item if job else "")
    why = FAILURES.get(code)
    if why is not None:
        return str(why)
    return _("It stopped at %(item)s (%(code)s). The choice is kept.") % {
        "item": item or _("an unknown place"),
        "code": code,
    }
