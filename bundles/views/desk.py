"""One page of choosing: whose, of which case, what is chosen so far."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from bundles.actions import ChangedElsewhere, keep_step
from bundles.choosing.drafting import STEPS, Choice, step_after
from bundles.choosing.forms import StepForm
from bundles.models import BundleDraft
from cases.access import visible_case
from cases.models import Case
from nsvcs.forms import Form, form_status


@dataclass
class Desk:
    """One page of choosing: whose, of which case, what is chosen so far.

    Attributes:
        step: of `STEPS`.
    """

    request: AuthenticatedRequest
    case: Case
    draft: BundleDraft
    choice: Choice
    step: str

    def url(self, step: str) -> str:
        """The address of a step."""
        return reverse(f"bundles:draft_{step}", args=[self.case.pk, self.draft.pk])

    @property
    def next_url(self) -> str:
        """Where saving leads: back to the check page where one came from there, else to the next step."""
        is_change = "change" in self.request.GET and Choice.of(self.draft).first_open == "check"
        return self.url("check" if is_change else step_after(self.step))

    def bound(self, make: Callable[..., StepForm], **more: Any) -> StepForm:
        """The step's form."""
        form = make(self.request.POST or None, **more)
        form.initial.setdefault("version", self.draft.version)
        return form

    def kept(self, form: StepForm) -> bool:
        """Keep the answer; false, with the reason on the form, where it cannot be kept."""
        if not form.is_valid():
            return False
        version, answer, by = form.cleaned_data["version"], form.answer(), self.request.user
        try:
            self.draft = keep_step(draft=self.draft, version=version, step=self.step, changes=answer, by=by)
        except ChangedElsewhere as elsewhere:
            _show_newer(form, elsewhere.present)
            return False
        return True

    def page(self, form: StepForm, template: str = "step", *, beside: Form | None = None, **more: Any) -> HttpResponse:
        """The step's page.

        Args:
            form: the step's.
            template: its name.
            beside: another form that is sent with it, and may have faults of its own.
            more: for the template.
        """
        number = STEPS.index(self.step) + 1
        back = STEPS[number - 2] if number > 1 else ""
        context = {
            "case": self.case, "draft": self.draft, "choice": self.choice, "form": form, "beside": beside,
            "step": self.step,
            "number": number, "count": len(STEPS), "check_url": self.url("check"),
            "back": self.url(back) if back else reverse("bundles:new", args=[self.case.pk]),
        }  # fmt: skip
        faults = max(form_status(each) for each in (form, beside) if each is not None)
        status = 409 if getattr(form, "is_stale", False) else faults
        return render(self.request, f"bundles/{template}.html", context | more, status=status)


def _show_newer(form: StepForm, present: BundleDraft) -> None:
    """The form again, on the draft as it stands: pressing once more keeps what is on the page now, knowingly."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data[form.add_prefix("version")] = str(present.version)  # type: ignore[index]
    form.is_stale = True  # type: ignore[attr-defined]
    form.add_error(None, _("This choice was changed in another window. Look at it, then save again to keep this page."))


def desk_of(request: AuthenticatedRequest, case_id: UUID, pk: UUID, step: str) -> Desk:
    case = visible_case(request, case_id)
    draft = get_object_or_404(BundleDraft.objects.visible_to(request.user).unfinished(request.user, case), pk=pk)
    return Desk(request, case, draft, Choice.of(draft), step)
