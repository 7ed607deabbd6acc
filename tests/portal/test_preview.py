"""What the victim sees, shown to her caseworker: the portal's own pages, with nothing to press, of this case alone."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from audit.models import Action, Event
from cases.models import Victim
from jobs.actions import run_due
from logs.models import Draft, IncidentSeen
from portal.templatetags.portal import stilled
from tests.factories import CaseFactory, IncidentFactory, SafeContactFactory, UserFactory
from tests.portal.test_languages import compiled
from tests.portal.test_writing import NEW, photo, typed
from tests.signing_in import sign_in

__all__ = ["compiled"]
NAMES = ["home", "entries", "entry", "advice"]
PORTAL = {"home": "/notes/", "entries": "/notes/all/", "entry": "/notes/1/", "advice": "/notes/reading/"}


def address(case, name):
    return reverse(f"preview:{name}", args=[case.pk, *([1] if name == "entry" else [])])


def words_and_tags(html):
    """The page's own part without line breaks between tags, which differ with the frame."""
    inside = html[html.index("<h1") :]
    return re.sub(r">\s+<", "><", inside).rstrip()


@pytest.fixture
def told(case, her, guidance):
    """Something of everything she can see."""
    SafeContactFactory(victim=case.victim, safe_name="Annie")
    for number in range(1, 4):
        IncidentFactory(
            case=case, number=number, recorded_by=her, what_happened=f"He rang, {number} times. <b>\" & ’",
            behaviours=["CALLS"], police_contacted="yes", police_reference="36/1",
        )  # fmt: skip
    return case


def preview(client, case, name):
    worker = case.allocations.get().worker
    answer = sign_in(client, worker).get(address(case, name))
    assert answer.status_code == 200
    return answer.content.decode()


def hers(client, case, name):
    page = sign_in(client, case.victim.user).get(PORTAL[name]).content.decode()
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize("name", NAMES)
def test_the_preview_is_the_portals_own_page_with_nothing_to_press(client, told, name):
    wanted = words_and_tags(stilled(hers(client, told, name)))
    wanted = re.sub(r"(</div>)+$", "", wanted)
    found = words_and_tags(preview(client, told, name))
    assert len(wanted) > 200
    assert wanted in found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_hers_can_be_pressed(client, told, name):
    page = preview(client, told, name)
    inside = page[page.index("app-preview") : page.index("</main>")].partition("Look at one note")[0]
    assert "/notes/" not in inside.replace(f"/cases/{told.pk}/portal/preview/notes/", "")
    assert not re.search(r"<a\b[^>]*\shref", inside)
    assert not re.search(r"<(button|input|select|textarea)\b(?![^>]*\sdisabled)", inside)
    assert "<img" not in inside
    assert "<details" not in inside
    assert "This is what the victim sees. Nothing here can be pressed." in page


def test_a_picture_is_named_and_not_loaded(client, web, case):
    web.post(NEW, typed(uploads=[photo()]))
    run_due()
    assert "<img" in web.get("/notes/1/").content.decode()
    page = preview(client, case, "entry")
    assert "Show file 1" in page
    assert "<img" not in page


def test_looking_is_recorded_and_marks_nothing_as_read(client, told):
    for name in NAMES:
        preview(client, told, name)
    events = Event.objects.filter(action=Action.PORTAL_PREVIEWED, case_ids=[told.pk]).order_by("pk")
    assert [event.detail for event in events] == [
        {"page": "home", "entries": 3},
        {"page": "entries", "entries": 3},
        {"page": "entry", "entries": 1},
        {"page": "advice", "entries": 0},
    ]
    assert not IncidentSeen.objects.exists()


def test_her_unfinished_note_and_her_other_case_are_not_there(client, told, her):
    other = CaseFactory(victim=told.victim, is_portal_open=True, worker=UserFactory(name="Jo Field"))
    IncidentFactory(case=other, number=9, recorded_by=her, what_happened="Another matter.")
    Draft.objects.create(user=her, content='{"what_happened": "Half a thought"}', updated_at=told.created_at)
    page = preview(client, told, "home") + preview(client, told, "entries")
    for words in ("Another matter.", "Half a thought", "Finish your note", "Jo Field"):
        assert words not in page
    worker = told.allocations.get().worker
    assert sign_in(client, worker).get(reverse("preview:entry", args=[told.pk, 9])).status_code == 404


@pytest.mark.django_db
def test_while_the_portal_is_not_open_she_sees_nothing(client):
    case = CaseFactory(worker=UserFactory())
    IncidentFactory(case=case, number=1, what_happened="He rang again.")
    for name in ("home", "entries", "advice"):
        page = preview(client, case, name)
        assert "The victim sees nothing of it." in page
        assert "He rang again." not in page
    worker = case.allocations.get().worker
    assert sign_in(client, worker).get(address(case, "entry")).status_code == 404


@pytest.mark.h("H02")
@pytest.mark.parametrize("name", NAMES)
def test_a_strangers_case_answers_like_one_that_does_not_exist(client, told, name):
    sign_in(client, UserFactory())
    theirs = client.get(address(told, name))
    nowhere = client.get(address(told, name).replace(str(told.pk), str(uuid4())))
    assert (theirs.status_code, theirs.content) == (404, nowhere.content)
    assert not Event.objects.filter(action=Action.PORTAL_PREVIEWED).exists()


@pytest.mark.parametrize("role", ["administrator", "victim", "data_protection"])
def test_a_role_without_casework_gets_no_preview(client, told, role):
    sign_in(client, UserFactory(**{role: True}))
    assert client.get(address(told, "home")).status_code == 404


def test_text_is_never_taken_for_a_tag():
    assert stilled("&lt;a href=&quot;x&quot;&gt;") == "&lt;a href=&quot;x&quot;&gt;"
    assert stilled('<a class="x" href="/y">z</a>') == '<a role="link" aria-disabled="true" class="x">z</a>'
    assert stilled('<button type="submit">z</button>') == '<button disabled type="submit">z</button>'
    assert stilled("<button disabled>z</button>") == "<button disabled>z</button>"
    assert stilled("<article>z</article>") == "<article>z</article>"


# --- in her language -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "direction", "hello"), [("pl", "ltr", "Witaj"), ("ar", "rtl", "مرحبًا")])
def test_her_part_speaks_the_language_on_record_and_the_frame_english(
    client, told, compiled, language, direction, hello
):
    Victim.objects.filter(pk=told.victim_id).update(language=language)
    page = preview(client, told, "home")
    frame, _, inside = page.partition("app-preview")
    assert inside.startswith(f'" lang="{language}" dir="{direction}">')
    assert f"{hello}" in inside
    assert "Hello" not in page
    assert "Monday to Friday" not in inside.partition("</main>")[0]
    assert "This is what the victim sees." in frame
    assert '<html lang="en-gb"' in frame
    assert "Cases" in frame


@pytest.mark.parametrize("name", NAMES)
def test_it_is_her_own_page_in_her_language_too(client, told, compiled, name):
    Victim.objects.filter(pk=told.victim_id).update(language="lt")
    her = sign_in(client, told.victim.user)
    her.cookies[settings.LANGUAGE_COOKIE_NAME] = "lt"
    page = her.get(PORTAL[name]).content.decode()
    wanted = words_and_tags(stilled(page[page.index("<main") : page.index("</main>")]))
    assert re.sub(r"(</div>)+$", "", wanted) in words_and_tags(preview(client, told, name))


def test_a_colleague_may_read_it_in_another_language_and_goes_on_in_it(client, told, compiled):
    sign_in(client, told.allocations.get().worker)
    page = client.get(address(told, "entries"), {"in": "ro"}).content.decode()
    assert 'app-preview" lang="ro" dir="ltr">' in page
    assert 'href="?in=lt" lang="lt" hreflang="lt">Lietuvių</a>' in page
    assert f'{address(told, "advice")}?in=ro"' in page
    assert f'{address(told, "entry")}?in=ro"' in page
    assert 'app-preview">' in client.get(address(told, "entries"), {"in": "xx"}).content.decode()
