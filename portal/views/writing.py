"""Writing a note: saved while it is typed, kept at a press, in one page or with optional questions one by one."""

from typing import Any, cast
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from accounts.models import User
from logs.actions import DraftUsed, NothingSaid, OtherContent, discard_draft, record_incident, save_draft
from logs.arriving_http import stays_while_sending
from logs.drafting import (
    INPUTS,
    STEPS,
    WORDS,
    as_data,
    as_initial,
    brought_forward,
    content_of,
    is_blank,
    merged,
    would_lose,
)
from logs.models import Draft, Incident
from nsvcs import forms
from nsvcs.access import Role, allow, own_transactions
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import StorageError
from nsvcs.widgets import clock
from portal.addresses import draft_at, letters_of
from portal.forms import StepForm, WritingForm
from portal.queries import age_floor, cases_to_write_in, her_language, is_too_young, who_it_may_be
from portal.showing import notices_for

# Boxes of the portal alone: which matter, who it was, which language.
OWN_BOXES = ("case", "who", "language")
NAMES = (*INPUTS, *OWN_BOXES)
# What a press of a button means; everything else keeps the note.
LATER, MORE, STAY, CHECK, BACK, SKIP = "later", "more", "stay", "check", "back", "skip"
# Two ways to lay out the same boxes on a wide window; pressing one keeps what is typed.
TABLE, PAGE = "table", "page"
ASIDE = frozenset({LATER, MORE, STAY, CHECK, TABLE, PAGE})
# Presses that go on whatever stands in the boxes: it is looked over before the note is kept.
EITHER_WAY = frozenset({SKIP, BACK})
# In an address: the page was opened from the last look, and leads back to it.
CHANGE = "change"


def draft_id_of(sent: QueryDict) -> UUID:
    """The key the form carries; a new one when it is missing or spoilt."""
    try:
        return UUID(sent.get("draft", ""))
    except ValueError:
        return uuid7()


def _form(request: AuthenticatedRequest, data: Any = None, files: Any = None, **kwargs: Any) -> WritingForm:
    cases = cases_to_write_in(request.user)
    links, language = who_it_may_be(request.user, cases), her_language(request.user)
    return WritingForm(data, files, cases=cases, links=links, language=language, **kwargs)


def _page(request: AuthenticatedRequest, form: WritingForm, draft_id: UUID, **more: Any) -> HttpResponse:
    """The page to write on. Files a browser sent once have to be chosen again: no site can do that for it."""
    if not form.cases:
        words = [str(form[name].value() or "").strip() for name in WORDS]
        ended = {"words": "\n\n".join(word for word in words if word), "notices": notices_in(form)}
        if is_too_young(request.user):
            young = {"words": ended["words"], "age_floor": age_floor()}
            return render(request, "portal/young.html", young)
        return render(request, "portal/ended.html", ended)
    shown: dict[str, Any] = {"form": form, "draft_id": draft_id, "lost_files": bool(form.is_bound and request.FILES)}
    shown |= {"notices": notices_in(form), "is_table": TABLE in (request.POST.get("view"), *request.GET)}
    shown["draft_address"] = reverse("portal:draft", args=[letters_of(draft_id)])
    return render(request, "portal/new.html", shown | more, status=forms.form_status(form))


def notices_in(form: WritingForm) -> list[str]:
    """Which plain lines the words in the boxes bring up."""
    return notices_for({name: form[name].value() or "" for name in WORDS if name in form.fields})


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
@stays_while_sending
def new(request: AuthenticatedRequest) -> HttpResponse:
    """A new note; only when and what happened are needed."""
    if request.method == "POST":
        return _written(request)
    with acting_as(request.user.pk):
        unfinished = Draft.objects.open_for(request.user).exists()
        return _page(request, _form(request), uuid7(), has_unfinished=unfinished)


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
@stays_while_sending
def draft(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Carry on with an unfinished note; `?check` shows what is still missing."""
    if request.method == "POST":
        return _written(request)
    with acting_as(request.user.pk):
        found = draft_at(request.user, letters)
        if found.used_at:
            return _to_entry(request, found.pk)
        content = brought_forward(content_of(found), timezone.localdate())
        if "check" in request.GET:
            form = _form(request, as_data(content))
        else:
            form = _form(request, initial=as_initial(content) | _own_boxes(content))
        changing = {"is_change": CHANGE in request.GET}
        return _page(request, form, found.pk, revision=found.revision, letters=letters, **changing)


def _own_boxes(content: dict[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in OWN_BOXES if name in content}


def _written(request: AuthenticatedRequest) -> HttpResponse:
    """The page was sent: keep the note, or keep what is typed and go where the button says."""
    draft_id, press = draft_id_of(request.POST), request.POST.get("press", "")
    if press in ASIDE:
        return _set_aside(request, draft_id, press)
    with acting_as(request.user.pk):
        form = _form(request, request.POST, request.FILES)
        if not form.cases or not form.is_valid():
            return _page_again(request, form, draft_id)
    return _keep(request, draft_id, form)


def _page_again(request: AuthenticatedRequest, form: WritingForm, draft_id: UUID) -> HttpResponse:
    """The page with what is wrong; all that was typed is saved."""
    saved = save_quietly(request.POST, draft_id, request.user)
    if saved is None:
        return _page(request, form, draft_id)
    return _page(request, form, saved.pk, revision=saved.revision or None)


def _set_aside(request: AuthenticatedRequest, draft_id: UUID, press: str) -> HttpResponse:
    with acting_as(request.user.pk):
        saved = save_quietly(request.POST, draft_id, request.user)
        if not saved:
            return _clash(request, _form(request, request.POST), _entry_of(request.user, draft_id))
    if request.FILES:
        messages.warning(request, _("Your browser could not hold on to the files. Choose them again at the end."))
    if press == MORE:
        return redirect("portal:step", letters_of(saved.pk), 1)
    if press == CHECK and saved.revision:
        return redirect("portal:check", letters_of(saved.pk))
    if press != LATER:
        return _stay(request, saved, is_table=press == TABLE or (press == STAY and request.POST.get("view") == TABLE))
    return _later(request) if saved.revision else redirect("portal:home")  # of nothing, nothing is said to be saved


def _stay(request: AuthenticatedRequest, saved: Draft, *, is_table: bool) -> HttpResponse:
    """The same page again, as a table or not; a page on which nothing was typed has no draft to come back to."""
    address = reverse("portal:draft", args=[letters_of(saved.pk)]) if saved.revision else reverse("portal:new")
    return redirect(f"{address}?{TABLE}" if is_table else address)


def save_quietly(sent: QueryDict, draft_id: UUID, by: User) -> Draft | None:
    """Save what was sent as the draft; none when the key has been used for a note that is kept.

    Where another window has saved other words meanwhile, what was sent becomes an unfinished note of its own.
    """
    boxes = STEPS.get(sent.get("boxes", ""), NAMES)
    before = Draft.objects.visible_to(by).filter(pk=draft_id).first()
    content = merged(content_of(before) if before else {}, sent, boxes)
    if _entry_of(by, draft_id) is not None:
        return None
    if before is None and is_blank(content) and sent.get("press") != MORE:
        return Draft(pk=draft_id)
    if before is not None and _is_behind(sent, before, content):
        draft_id = uuid7()
    try:
        return save_draft(draft_id=draft_id, content=content, by=by)
    except DraftUsed:
        return None


def _is_behind(sent: QueryDict, before: Draft, typed: dict[str, Any]) -> bool:
    """Whether words were saved that the sending page has never seen, and does not hold."""
    return sent.get("revision", "") not in {"", str(before.revision)} and would_lose(content_of(before), typed)


def _set_apart(request: AuthenticatedRequest, draft_id: UUID) -> None:
    """A note is about to be kept: other words that another window saved under its key stay as an unfinished one."""
    before = Draft.objects.open_for(request.user).filter(pk=draft_id).first()
    if before is None or not _is_behind(request.POST, before, merged({}, request.POST)):
        return
    save_draft(draft_id=uuid5(draft_id, str(before.revision)), content=content_of(before), by=request.user)
    messages.info(request, _("You wrote other words in another window. They are kept as an unfinished note."))


def _keep(request: AuthenticatedRequest, draft_id: UUID, form: WritingForm) -> HttpResponse:
    """Keep the note, once, and say so."""
    with acting_as(request.user.pk):
        _set_apart(request, draft_id)
    try:
        kept = record_incident(
            draft_id=draft_id,
            case=form.chosen_case,
            fields=form.content(),
            files=form.cleaned_data["uploads"],
            arrivals=request.POST.getlist("files"),
            by=request.user,
        )
    except OtherContent as clash:
        with acting_as(request.user.pk):
            return _clash(request, form, clash.incident)
    except NothingSaid:  # the files it named are not hers, or were taken away meanwhile
        form.add_error(form.words_box, _("Write what happened, or add a photo or recording"))
        with acting_as(request.user.pk):
            return _page_again(request, form, draft_id)
    except StorageError:
        form.add_error("uploads", _("We could not keep the files just now. Your words are safe. Try again soon."))
        with acting_as(request.user.pk):
            return _page_again(request, form, draft_id)
    if kept.was_there:
        messages.info(request, _("This note was already saved. We kept it once."))
    for notice in [*form.notices(), form.clock_notice()]:
        if notice:
            messages.info(request, notice)
    return redirect("portal:saved", kept.incident.number)


def _clash(request: AuthenticatedRequest, form: WritingForm | StepForm, incident: Incident | None) -> HttpResponse:
    """This key has been used: show what was typed, to be added to that note or kept as a new one."""
    sent = cast(QueryDict, form.data)
    words = [sent.get(name, "").strip() for name in WORDS]
    context = {
        "incident": incident,
        "words": "\n\n".join(word for word in words if word),
        "typed": [(name, value) for name in NAMES for value in sent.getlist(name) if value],
        "note_key": uuid7(),
        "draft_id": uuid7(),
        "lost_files": bool(request.FILES),
        "notices": notices_for(dict(zip(WORDS, words, strict=True))),
    }
    return render(request, "portal/clash.html", context, status=409)


def _entry_of(user: User, key: UUID) -> Incident | None:
    found: Incident | None = Incident.objects.visible_to(user).filter(pk=key).first()
    return found


def _to_entry(request: AuthenticatedRequest, key: UUID) -> HttpResponse:
    incident = _entry_of(request.user, key)
    return redirect("portal:entry", incident.number) if incident else redirect("portal:home")


@allow(Role.VICTIM)
@require_POST
def autosave(request: AuthenticatedRequest) -> JsonResponse:
    """Keep what is typed so far. Counts as being there; the longest time of a sign-in still holds."""
    saved = save_quietly(request.POST, draft_id_of(request.POST), request.user)
    if saved is None:
        return JsonResponse({}, status=409)
    at = timezone.localtime().time().replace(second=0, microsecond=0)
    answer = {"saved_at": clock(at), "revision": saved.revision, "draft": str(saved.pk)}
    return JsonResponse(answer | {"notices": notices_for(content_of(saved))})


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@stays_while_sending
def step(request: AuthenticatedRequest, letters: str, number: int) -> HttpResponse:
    """One optional question; it can be skipped. No press of a button drops what was typed, Back and Skip neither."""
    found = draft_at(request.user, letters)
    if found.used_at and request.method != "POST":
        return _to_entry(request, found.pk)
    if not 1 <= number <= len(STEPS):
        return redirect("portal:check", letters)
    boxes = list(STEPS)[number - 1]
    names = STEPS[boxes]
    if request.method == "POST":
        form = StepForm(request.POST, names=names)
        saved = save_quietly(request.POST, found.pk, request.user)
        if saved is None:  # the note was finished in another window
            return _finished_elsewhere(request, form, found.pk)
        if request.POST.get("press") in EITHER_WAY or form.is_valid():
            return _after_step(request, letters, number)
    else:
        form = StepForm(initial=as_initial(content_of(found)), names=names)
    context = {"form": form, "draft": found, "boxes": boxes, "number": number, "letters": letters, "last": len(STEPS)}
    context |= {"notices": notices_for(content_of(found))}
    return render(request, "portal/step.html", context, status=forms.form_status(form))


def _finished_elsewhere(request: AuthenticatedRequest, form: StepForm, key: UUID) -> HttpResponse:
    """The note was kept in another window: words typed in this one are shown, to be added to it."""
    has_words = any(request.POST.get(name, "").strip() for name in WORDS)
    return _clash(request, form, _entry_of(request.user, key)) if has_words else _to_entry(request, key)


def _after_step(request: AuthenticatedRequest, letters: str, number: int) -> HttpResponse:
    press = request.POST.get("press")
    if press == LATER:
        return _later(request)
    if press == CHECK or CHANGE in request.GET:
        return redirect("portal:check", letters)
    if press == BACK:
        return redirect("portal:step", letters, number - 1) if number > 1 else redirect("portal:draft", letters)
    if number >= len(STEPS):
        return redirect("portal:check", letters)
    return redirect("portal:step", letters, number + 1)


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
@stays_while_sending
def check(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Everything typed, to look over; files are chosen here, then the note is kept."""
    with acting_as(request.user.pk):
        found = draft_at(request.user, letters)
        if found.used_at:
            return _to_entry(request, found.pk)
        if request.POST.get("press") == LATER:
            return _later(request)
        form = _to_check(request, found)
        if not form.cases:
            return _page(request, form, found.pk)
        if not form.is_valid() and form.errors.keys() - {"uploads"}:
            return redirect(f"{reverse('portal:draft', args=[letters])}?check")
        has_moved = request.POST.get("revision") != str(found.revision)
        if request.method != "POST" or has_moved or not form.is_valid():
            return _check_page(request, form, found, has_moved=request.method == "POST" and has_moved)
    return _keep(request, found.pk, form)


def _to_check(request: AuthenticatedRequest, found: Draft) -> WritingForm:
    """The form as it was saved, with the files of this page: they are chosen here, and say enough without words."""
    is_sent = request.method == "POST"
    data = as_data(content_of(found))
    data.setlist("files", request.POST.getlist("files"))
    form = _form(request, data, request.FILES if is_sent else None)
    form.may_lack_words, form.words_box = not is_sent, "uploads"
    return form


def _later(request: AuthenticatedRequest) -> HttpResponse:
    messages.success(request, _("Saved. You can finish your note any time."))
    return redirect("portal:home")


def _check_page(request: AuthenticatedRequest, form: WritingForm, found: Draft, *, has_moved: bool) -> HttpResponse:
    context = {
        "form": form,
        "draft": found,
        "letters": letters_of(found.pk),
        "entry": Incident(**form.content()) if form.is_valid() or not form.errors.keys() - {"uploads"} else None,
        "has_moved": has_moved,
        "lost_files": bool(request.FILES),
        "notices": notices_for(content_of(found)),
        "change": _ways_back(letters_of(found.pk)),
    }
    return render(request, "portal/check.html", context, status=forms.form_status(form))


def _ways_back(letters: str) -> dict[str, str]:
    """Where each line of the last look is changed; from there the way leads back to it."""
    first = f"{reverse('portal:draft', args=[letters])}?{CHANGE}"
    boxes = {"when": "", "place": "#id_place", "what": "#id_what_happened", "evidence": "#id_evidence_words"}
    found = {name: first + box for name, box in boxes.items()}
    for number, name in enumerate(STEPS, 1):
        found[name] = f"{reverse('portal:step', args=[letters, number])}?{CHANGE}"
    return found


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def discard(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Throw an unfinished note away, after being asked."""
    found = draft_at(request.user, letters)
    if request.method == "POST":
        discard_draft(draft=found, by=request.user)
        messages.success(request, _("The unfinished note is deleted."))
        return redirect("portal:home")
    return render(request, "portal/discard.html", {"draft": found, "letters": letters})
