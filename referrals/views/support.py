"""Support of a case: its episodes, one of them, and what is done on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import StaleEdit
from cases.models import Case
from cases.views.comparing import brought_together
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow
from referrals.actions.support import move_support, offer_support, review_support, set_aim
from referrals.forms.support import AimForm, MoveForm, OfferForm, ReviewForm
from referrals.models import EpisodeAim, SupportEpisode, SupportService
from referrals.queries import episode_page, episodes_of
from referrals.rules.support import MOVES, EpisodeState

PAGE_SIZE = 25


def visible_episode(request: AuthenticatedRequest, case: Case, pk: UUID) -> SupportEpisode:
    """One episode of a case.

    Raises:
        Http404: there is no such episode of this case.
    """
    rows = SupportEpisode.objects.visible_to(request.user).select_related("service", "offered_by")
    return get_object_or_404(rows, pk=pk, case=case)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def episodes(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """All support of a case, the open first."""
    case = visible_case(request, case_id)
    page = Paginator(episodes_of(case, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "referrals/support/list.html", {"case": case, "page": page})


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def services(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """What can be offered, and what is done under each service."""
    case = visible_case(request, case_id)
    return render(request, "referrals/support/services.html", {"case": case, "services": _catalogue()})


def _catalogue() -> list[SupportService]:
    return list(SupportService.objects.for_list())


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def episode_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Record that a service was offered."""
    case = visible_case(request, case_id)
    form = OfferForm(request.POST or None, services=list(SupportService.objects.offered()))
    if form.is_valid():
        values = form.values()
        made = attempt(form, lambda: offer_support(case=case, by=request.user, **values))
        if made is not None:
            messages.success(request, _("The offer was saved."))
            return redirect("referrals:episode", case.pk, made.pk)
    return render(request, "referrals/support/offer.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def episode(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One episode: its goal, its sessions, its history."""
    case = visible_case(request, case_id)
    found = visible_episode(request, case, pk)
    shown = episode_page(found, request.user)
    context = {"case": case, "episode": found, "shown": shown, "may_move": bool(MOVES[EpisodeState(found.state)])}
    context["aim_url"] = "" if found.has_ended else reverse("referrals:episode_aim", args=[case.pk, found.pk])
    context["may_hold"] = found.state not in {EpisodeState.OFFERED, EpisodeState.DECLINED}
    return render(request, "referrals/support/episode.html", context)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def episode_move(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Move an episode on, if the table allows it and no colleague did in the meantime."""
    case = visible_case(request, case_id)
    found = visible_episode(request, case, pk)
    form = MoveForm(request.POST or None, episode=_as_seen(request, found))
    context: dict[str, Any] = {"case": case, "episode": found, "form": form}
    if form.is_valid():
        values = form.values()
        try:
            moved = attempt(form, lambda: move_support(episode=found, by=request.user, **values))
        except StaleEdit:
            typed = {name: values[name] for name in ("reason", "on")}
            context |= {"is_stale": True, "form": MoveForm(episode=found, initial=typed)}
            return render(request, "referrals/support/move.html", context, status=409)
        if moved is not None:
            messages.success(request, _("The support was moved on."))
            return redirect("referrals:episode", case.pk, found.pk)
    return render(request, "referrals/support/move.html", context, status=status_of(form))


def _as_seen(request: AuthenticatedRequest, found: SupportEpisode) -> SupportEpisode:
    """The episode as it stood on the page that was sent: its moves are checked, then found to be of yesterday."""
    was = request.POST.get("was", "")
    return SupportEpisode(pk=found.pk, state=was) if was in EpisodeState.values else found


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def episode_aim(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Change goal and needs; a colleague's change in the meantime is shown beside, never overwritten."""
    case = visible_case(request, case_id)
    found = visible_episode(request, case, pk)
    newest = EpisodeAim.objects.visible_to(request.user).filter(episode=found).order_by("-version").first()
    form = AimForm(request.POST or None, initial=AimForm.of(newest) if newest else {"version": 0})
    context: dict[str, Any] = {"case": case, "episode": found, "form": form}
    if form.is_valid():
        said = form.cleaned_data
        kept = {name: said[name] for name in ("key", "goal", "needs")} | {"based_on": said["version"]}
        try:
            changed = attempt(form, lambda: set_aim(episode=found, by=request.user, **kept))
        except StaleEdit as edit:
            mine = {name: value for name, value in form.mine().items() if name != "key"}
            fresh, differences = brought_together(form, AimForm.of(edit.present), mine)  # type: ignore[arg-type]
            context |= {"is_stale": True, "form": fresh, "differences": differences}
            return render(request, "referrals/support/aim.html", context, status=409)
        if changed is not None:
            messages.success(request, _("The goal was saved."))
            return redirect("referrals:episode", case.pk, found.pk)
    return render(request, "referrals/support/aim.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def episode_review(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Keep the victim's scores of one day."""
    case = visible_case(request, case_id)
    found = visible_episode(request, case, pk)
    newest = EpisodeAim.objects.visible_to(request.user).filter(episode=found).order_by("-version").first()
    form = ReviewForm(request.POST or None, needs=newest.needs if newest else [])
    if form.is_valid():
        values = form.values()
        if attempt(form, lambda: review_support(episode=found, by=request.user, **values)):
            messages.success(request, _("The scores were saved."))
            return redirect("referrals:episode", case.pk, found.pk)
    context = {"case": case, "episode": found, "form": form}
    return render(request, "referrals/support/review.html", context, status=status_of(form))
