"""My work, the case list, and finding one case."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.finding import as_reference, find_cases
from cases.forms.lists import CaseFilterForm, FindForm, ordered, ordering
from cases.models import Case
from cases.work import my_work
from nsvcs import forms, htmx
from nsvcs.access import Role, allow

PAGE_SIZE = 25
COLUMNS = (
    ("reference", _("Case")), ("status", _("Status")), ("worker", _("Caseworker")), ("received", _("Received")),
    ("contact", _("Last contact")), ("tasks", _("Open tasks")),
)  # fmt: skip


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def work(request: AuthenticatedRequest) -> HttpResponse:
    """What is to be done today, the most urgent first."""
    found = my_work(request.user, timezone.now())
    record(Action.CASE_LISTED, case_ids=found.case_ids(), detail={"page": "cases:work"})
    return render(request, "cases/work.html", {"work": found, "find": FindForm(), "today": timezone.localdate()})


@allow(Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION)
@require_GET
def case_list(request: AuthenticatedRequest) -> HttpResponse:
    """The cases one may see, narrowed and sorted by what is in the address."""
    now, today = timezone.now(), timezone.localdate()
    form = CaseFilterForm(request.GET, user=request.user)
    cases = form.filter(Case.objects.visible_to(request.user), now, today)
    asked = request.GET.get("sort", "")
    page = Paginator(ordered(cases.for_list(now), asked), PAGE_SIZE).get_page(request.GET.get("page"))
    record(Action.CASE_LISTED, case_ids=[case.pk for case in page], detail={"page": "cases:list"})
    context = {
        "form": form,
        "page": page,
        "head": _headings(request, asked),
        "chips": _chips(request, form),
        "find": FindForm(),
        "today": today,
    }
    return htmx.render(request, "cases/list.html", context, partial="results")


def _chips(request: AuthenticatedRequest, form: CaseFilterForm) -> list[dict[str, str]]:
    """The filters that are set, each with the address of the list without it."""
    found = []
    for name, text in form.chosen():
        kept = request.GET.copy()
        for gone in (name, "page"):
            kept.pop(gone, None)
        found.append({"text": text, "href": f"?{kept.urlencode()}"})
    return found


def _headings(request: AuthenticatedRequest, asked: str) -> list[dict[str, Any]]:
    """Column names as links that sort, the present one marked and turned round when pressed again."""
    key, _columns = ordering(asked)
    kept = request.GET.copy()
    kept.pop("page", None)
    found = []
    for name, text in COLUMNS:
        is_down = key == f"-{name}"
        kept["sort"] = f"-{name}" if key == name else name
        sorted_how = "descending" if is_down else "ascending" if key == name else ""
        found.append({"text": text, "href": f"?{kept.urlencode()}", "sorted": sorted_how, "is_number": name == "tasks"})
    return found


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def find(request: AuthenticatedRequest) -> HttpResponse:
    """Find a case by reference, name or phone. Posted, so that no name is ever in an address; recorded as a search."""
    form = FindForm(request.POST or None)
    cases: list[Case] = []
    if form.is_valid():
        words = form.cleaned_data["q"]
        cases = find_cases(request.user, words)
        record(Action.CASE_FOUND, case_ids=[case.pk for case in cases], detail={"page": "cases:find"})
        if len(cases) == 1 and cases[0].reference == as_reference(words):
            return redirect("cases:detail", cases[0].pk)
    return render(request, "cases/find.html", {"form": form, "cases": cases}, status=forms.form_status(form))
