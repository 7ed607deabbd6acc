"""What staff put beside a log: translations of its entries, and whether its patterns are shown in the portal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from logs.actions import OtherContent, add_translation, show_patterns
from logs.actions.translating import TRANSLATABLE
from logs.models import Amendment, Incident
from logs.private import PARTS
from logs.translation_forms import TranslationForm
from nsvcs.access import CASEWORK, allow
from nsvcs.days import day_words
from nsvcs.forms import form_status


def _texts(entry: Incident, amendments: list[Amendment]) -> list[dict[str, Any]]:
    """The texts of an entry that can be translated: what each is called, its words and their language."""
    names = {"when_words": _("Words about the time")} | {name: str(labels[1]) for name, labels in PARTS.items()}
    found = [
        {"piece": name, "label": names[name], "text": getattr(entry, name), "language": entry.language}
        for name in TRANSLATABLE
        if getattr(entry, name)
    ]
    for each in amendments:
        day = day_words(timezone.localtime(each.recorded_at))
        label = f"{each.get_kind_display()}, {day}"
        found.append({"piece": str(each.pk), "label": label, "text": each.text, "language": each.language})
    return found


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def entry_translate(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Add a translation of one text of an entry; the text stays and stands first."""
    case = visible_case(request, case_id)
    entry = get_object_or_404(Incident.objects.visible_to(request.user).filter(case=case), pk=pk)
    texts = _texts(entry, list(entry.amendments.order_by("recorded_at")))
    if not texts:
        raise Http404
    pieces = [(each["piece"], each["label"]) for each in texts]
    first = {"piece": request.GET.get("piece", "what_happened"), "translated_on": timezone.localdate()}
    form = TranslationForm(request.POST or None, pieces=pieces, initial=first)
    status = form_status(form)
    if form.is_valid():
        try:
            add_translation(incident=entry, by=request.user, **form.cleaned_data)
        except OtherContent:
            form.add_error("text", _("This form was sent before with other words. Open the entry again to add these."))
            status = 409
        else:
            messages.success(request, _("The translation is kept beside the original."))
            return redirect("logs:entry", case_id, pk)
    return render(
        request, "logs/translate.html", {"case": case, "entry": entry, "form": form, "texts": texts}, status=status
    )


@allow(*CASEWORK)
@require_POST
def patterns_shown(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Show the patterns in the portal of this case, or hide them again."""
    case = visible_case(request, case_id)
    is_shown = request.POST.get("shown") == "yes"
    show_patterns(case=case, is_shown=is_shown, by=request.user)
    shown, hidden = _("The portal shows these patterns now."), _("The portal does not show these patterns.")
    messages.success(request, shown if is_shown else hidden)
    return redirect("logs:patterns", case_id)
