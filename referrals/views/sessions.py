"""Support sessions: recording one, one with what was written about it, a correction beside it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.models import Case
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow
from referrals.actions.sessions import correct_session, notes_of, record_session
from referrals.forms.support import CorrectionForm, SessionForm
from referrals.models import SupportService, SupportSession, SupportSubcode
from referrals.models.support import labels_of
from referrals.views.support import visible_episode


def _session(request: AuthenticatedRequest, case: Case, episode: UUID, pk: UUID) -> SupportSession:
    rows = SupportSession.objects.visible_to(request.user).select_related("episode__service", "worker", "recorded_by")
    return get_object_or_404(rows, pk=pk, episode=episode, case=case)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def session_new(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Record a session, held or not."""
    case = visible_case(request, case_id)
    episode = visible_episode(request, case, pk)
    subcodes = SupportSubcode.objects.filter(service=episode.service, is_active=True).order_by("position")
    is_emotional = episode.service.kind == SupportService.Kind.EMOTIONAL
    form = SessionForm(
        request.POST or None, user=request.user, case=case, subcodes=list(subcodes), is_emotional=is_emotional
    )
    if form.is_valid():
        texts = {name: form.cleaned_data[name] for name in ("key", "note", "kept_apart")}
        values = form.values()
        if attempt(form, lambda: record_session(episode=episode, values=values, by=request.user, **texts)):
            messages.success(request, _("The session was saved."))
            return redirect("referrals:episode", case.pk, episode.pk)
    context = {"case": case, "episode": episode, "form": form}
    return render(request, "referrals/support/session_new.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def session(request: AuthenticatedRequest, case_id: UUID, pk: UUID, session_id: UUID) -> HttpResponse:
    """One session as it was recorded, and what was written about it as far as this person may read it."""
    case = visible_case(request, case_id)
    found = _session(request, case, pk, session_id)
    notes = notes_of(found, request.user)
    kept = found.notes.visible_to(request.user).kept_apart().count()
    known = SupportSubcode.objects.values_list("code", "name").order_by("position")
    context = {"case": case, "session": found, "notes": notes, "did": labels_of(found.did, known)}
    context["hidden_count"] = kept - sum(note.content_class == "emotional" for note in notes)
    context["is_taken_back"] = any(note.takes_back for note in notes) or _is_taken_back(request, found)
    return render(request, "referrals/support/session.html", context)


def _is_taken_back(request: AuthenticatedRequest, found: SupportSession) -> bool:
    """A correction that is kept apart takes a session back too: that it does is no secret."""
    return bool(found.notes.visible_to(request.user).filter(takes_back=True).exists())


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def session_correct(request: AuthenticatedRequest, case_id: UUID, pk: UUID, session_id: UUID) -> HttpResponse:
    """Put a correction beside a session."""
    case = visible_case(request, case_id)
    found = _session(request, case, pk, session_id)
    form = CorrectionForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: correct_session(session=found, by=request.user, **values)):
            messages.success(request, _("The correction was saved."))
            return redirect("referrals:session", case.pk, pk, found.pk)
    context = {"case": case, "session": found, "form": form}
    return render(request, "referrals/support/session_correct.html", context, status=status_of(form))
