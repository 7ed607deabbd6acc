"""Advice to read, numbers to call, a blank sheet to print."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from nsvcs.access import Role, allow
from portal.helping import SILENT_WAYS, TO_REPORT, HelpForm, named, sections
from portal.showing import EMERGENCY, advice_pages, are_english, easy_pages, is_large
from reference.models import Organisation
from referrals.actions.signposting import mark_signposts_read
from referrals.models import Signpost


@allow(Role.VICTIM)
@require_safe
def advice(request: AuthenticatedRequest) -> HttpResponse:
    """All advice by topic; pages are numbered, since their names would tell."""
    pages = advice_pages()
    context = {"pages": list(enumerate(pages, 1)), "has_english": are_english(pages), "is_large": is_large(request)}
    return render(request, "portal/advice.html", context)


@allow(Role.VICTIM)
@require_safe
def advice_page(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """One page of advice."""
    pages = advice_pages()
    if not 1 <= number <= len(pages):
        raise Http404
    page = pages[number - 1]
    tags = page.organisation_tags
    easy = {of for of, _page in easy_pages(pages)}
    context = {
        "advice": page,
        "has_english": bool(tags) or are_english([page]),
        "number": number,
        "has_easy": number in easy,
        "is_large": is_large(request),
        "next_number": number + 1 if number < len(pages) else None,
        "next_page": pages[number] if number < len(pages) else None,
        "organisations": Organisation.objects.for_portal().tagged(tags) if tags else None,
    }
    return render(request, "portal/advice_page.html", context)


@allow(Role.VICTIM)
@require_safe
def advice_easy(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """The easy-read form of one page of advice."""
    found = easy_pages(advice_pages())
    page = dict(found).get(number)
    if page is None:
        raise Http404
    after = next(((of, each) for of, each in found if of > number), None)
    context = {"advice": page, "number": number, "after": after, "has_english": are_english([page])}
    context |= {"unchecked": page.checked_on is None, "is_large": True, "is_easy": True}
    return render(request, "portal/advice_easy.html", context)


@allow(Role.VICTIM)
@require_safe
def numbers(request: AuthenticatedRequest) -> HttpResponse:
    """Who can help: 999 and how to report first, then what her caseworker told her of, then everybody else by need.

    What stands here of her caseworker for the first time counts as seen from now on.
    """
    entries = list(Organisation.objects.for_portal())
    told = list(Signpost.objects.visible_to(request.user).on_her_page().select_related("organisation").in_order())
    mark_signposts_read(signposts=told, by=request.user)
    form = HelpForm(request.GET, entries=entries)
    context = {
        "silent_ways": named(entries, SILENT_WAYS),
        "to_report": named(entries, TO_REPORT),
        "told": told,
        "form": form,
        "found": list(form.filter(Organisation.objects.for_portal().exclude(slug=EMERGENCY)))
        if form.is_narrowed
        else [],
        "sections": [] if form.is_narrowed else sections(entries),
        "is_large": is_large(request),
    }
    return render(request, "portal/help.html", context)


@allow(Role.VICTIM)
@require_safe
def blank(request: AuthenticatedRequest) -> HttpResponse:
    """The eight columns, empty, to write on by hand."""
    return render(request, "portal/blank.html", {"columns": range(8), "rows": range(5)})
