"""What a page shows of a note: the same for her, and for a colleague who looks at what she sees."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from logs.behaviours import BY_CODE
from logs.danger import Danger, dangers_in, dangers_of
from logs.making.showing import shown_parts
from logs.models import Evidence, Incident, Rendition
from logs.templatetags.translations import by_piece
from nsvcs.speaking import is_spoken
from reference.models import Advice, Organisation

PAGE_SIZE = 25
# Files of a note, each with what can be shown of it.
Pictures = list[tuple[Evidence, list[Rendition]]]
# In an address: after this file, the next of the note of which nothing was said.
AND_THE_NEXT = "next"
CRISIS, EMERGENCY = ("crisis",), "emergency"


def whole_note(incident: Incident) -> dict[str, Any]:
    """One note as a page shows it."""
    return {
        "entry": incident,
        "offline": getattr(incident, "written_offline", None),
        "behaviours": [BY_CODE[code].portal_label for code in incident.behaviours if code in BY_CODE],
        "amendments": sorted(incident.amendments.all(), key=lambda each: each.recorded_at),
        "translations": by_piece(incident.translations.all()),
        "files": sorted(incident.evidence.all(), key=lambda each: each.exhibit_number),
    }


def pictures_of(user: User, incident: Incident) -> Pictures:
    """The note's files in their order, each with what can be shown of it: its picture, its pages, its stills."""
    found = Evidence.objects.with_copies().with_beside().visible_to(user).filter(incident=incident)
    return [(each, _shown(each)) for each in found.order_by("exhibit_number")]


def first_to_tell(incident: Incident, pictures: Pictures, after: int = 0) -> str:
    """The page that asks about the first file, behind this place, of which nothing was said; empty if there is none."""
    for place, (each, _parts) in enumerate(pictures, 1):
        if place > after and not each.standing.is_locked and not each.captions.all():
            return f"{reverse('portal:entry_file_about', args=[incident.number, place])}?{AND_THE_NEXT}"
    return ""


def _shown(evidence: Evidence) -> list[Rendition]:
    return shown_parts(evidence) if evidence.standing.may_show else []


def notices_for(said: Mapping[str, Any]) -> list[str]:
    """Which plain lines what was said brings up: 999 first, for either kind of danger; then somebody to talk to."""
    dangers = dangers_of(said)
    return ["now", "self_harm"] if Danger.SELF_HARM in dangers else ["now"] if dangers else []


def advice_pages() -> list[Advice]:
    """The advice for the portal, each page in the language of the page around it if it is there, else in English."""
    return _in_her_language(Advice.objects.for_portal)


def easy_pages(full_pages: list[Advice]) -> list[tuple[int, Advice]]:
    """The easy-read pages, each with the number of the full page it is a form of, in the order of those."""
    easy = {page.slug: page for page in _in_her_language(Advice.objects.easy_read)}
    return [(number, easy[full.slug]) for number, full in enumerate(full_pages, 1) if full.slug in easy]


def _in_her_language(pages: Callable[[str], Iterable[Advice]]) -> list[Advice]:
    language = (get_language() or "en").split("-")[0]
    found = {page.slug: page for page in pages("en")}
    if language != "en":
        found |= {page.slug: page for page in pages(language)}
    return sorted(found.values(), key=lambda page: (page.topic_position, page.position))


def is_large(request: HttpRequest) -> bool:
    """Whether a page is asked for in large print: in its address alone, so that nothing of it stays on the device."""
    return request.GET.get("size") == "large"


def are_english(pages: Iterable[Advice]) -> bool:
    """Whether any of these pages is not in the language of the page around it."""
    return not all(is_spoken(page.language) for page in pages)


def to_talk_to() -> list[Organisation]:
    """Whom she can talk to day and night; 999 is another thing and stands by itself."""
    return list(Organisation.objects.for_portal().tagged(CRISIS).exclude(slug=EMERGENCY))


def say_numbers(request: HttpRequest, words: str) -> None:
    """Numbers to call, on the page she comes to, where what she sent may mean danger; its foot has 999 as a link."""
    found = dangers_in(words)
    if found:
        messages.warning(request, _("In danger now? Call 999. If you cannot speak, press 55 when asked."))
    if Danger.SELF_HARM in found:
        named = [f"{each.name}, {each.shown['phone']}" for each in to_talk_to() if each.shown.get("phone")]
        said = _("You do not have to be alone with this. You can talk to someone now:")
        messages.warning(request, f"{said} {'; '.join(named)}")
