"""The pages of an import, the same for staff in a case and for the person herself: only frame and addresses differ."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from jobs.actions import latest_for
from logs.actions import importing
from logs.actions.sources import await_sources, read_again
from logs.bringing import forms
from logs.bringing.choosing import count_of_entries, count_of_lines, known_count, matching, undated_count
from logs.bringing.composing import extras_of, titled
from logs.bringing.holding import held_among
from logs.bringing.words import failure_words, kind_of_source, line_words, place_words
from logs.csvfile import csv_file
from logs.models import Evidence, ImportBatch, ImportLine
from logs.models.imports import Grouping
from logs.rules import Written
from logs.standing import Use
from nsvcs.forms import form_status

PAGE_SIZE = 25
HELD_SHOWN = 100
State = ImportBatch.State


@dataclass(frozen=True)
class Desk:
    """Who is at which batch, and in which frame.

    Args:
        request: the request.
        batch: the batch.
        url: the address of another page of this batch, by its short name.
        frame: the template to extend.
        is_hers: in the portal.
        context: what the frame needs.
        to_batch: goes to the page of another batch.
        people: who it may have been: what is sent and what is read, and `person_of` gives its id.
        languages: the languages to choose from, if it is asked.
    """

    request: AuthenticatedRequest
    batch: ImportBatch
    url: Callable[..., str]
    frame: str
    is_hers: bool
    context: dict[str, Any]
    to_batch: Callable[[ImportBatch], HttpResponse]
    people: Sequence[tuple[str, str]] = ()
    person_of: Callable[[str], Any] = lambda sent: None
    languages: Sequence[tuple[str, Any]] = ()

    def page(self, name: str, status: int = 200, **context: Any) -> HttpResponse:
        """A page of this batch. That somebody looked at it is recorded."""
        record(Action.IMPORT_VIEWED, target=self.batch, case_ids=[self.batch.case_id], detail={"page": name})
        shown = {"desk": self, "batch": self.batch, "frame": self.frame, "is_hers": self.is_hers}
        shown |= {"kind": kind_of_source(self.batch.kind), "urls": {each: self.url(each) for each in NAMES}}
        return render(self.request, f"logs/bringing/{name}.html", self.context | shown | context, status=status)

    def to(self, name: str, *more: Any) -> HttpResponse:
        """Go to another page of this batch."""
        return redirect(self.url(name, *more))

    def moved_on(self) -> HttpResponse:
        """Say that the batch is elsewhere by now, and show where."""
        messages.info(self.request, _("This has moved on since you opened the page. This is where it stands."))
        return self.to("batch")


NAMES = ("batch", "questions", "review", "bring", "rest", "undo", "again", "more")


def begin(form: forms.FileForm, case: Case, by: User) -> list[ImportBatch]:
    """What a form brings: one file with it, or files that are sent in pieces; none where all of them are known.

    Raises:
        nsvcs.storage.StorageError: the file that came with it could not be kept, so nothing was.
    """
    said = form.cleaned_data
    begun = await_sources(key=said["key"], case=case, letters=form.letters, by=by) if form.letters else []
    if said["file"]:
        key = said["key"] if not begun else uuid5(said["key"], "with the form")
        begun.append(importing.start_import(key=key, case=case, file=said["file"], by=by))
    return begun


def batch(desk: Desk) -> HttpResponse:
    """Where a batch stands; while it waits for a person, the page that it waits for."""
    if desk.batch.state == State.ASKING:
        return desk.to("questions")
    if desk.batch.state == State.REVIEW:
        return desk.to("review")
    may_undo = importing.may_be_undone(desk.batch)
    told = count_of_lines(desk.batch, desk.request.user) if desk.batch.is_settled else None
    return desk.page("batch", may_undo=may_undo, told=told, **progress_of(desk))


def progress_of(desk: Desk) -> dict[str, Any]:
    """How far a worker is, or what came of it."""
    row = desk.batch
    has_stopped = importing.has_stopped(row)
    job = latest_for(row.pk, importing.JOBS[State(row.state)]) if row.is_busy else None
    code = row.error_code or (job.error_code if job and has_stopped else "")
    source = _source_of(desk)
    return {
        "job": job,
        "has_stopped": has_stopped,
        "failure": failure_words(code) if row.state == State.FAILED or has_stopped else "",
        "source": source,
        "is_waiting_for_scan": bool(source and row.state == State.ARRIVED and source.standing.is_waiting),
    }


def _source_of(desk: Desk) -> Evidence | None:
    """The file, with where it stands; none while it is coming."""
    if desk.batch.state == State.COMING:
        return None
    files = Evidence.objects.visible_to(desk.request.user).with_standing()
    return files.filter(pk=desk.batch.source.pk).first()


def more(desk: Desk) -> HttpResponse:
    """Read the file anew: for what was not chosen, or for all of it after it was undone."""
    source = _source_of(desk)
    if source is None or not desk.batch.is_settled or not source.standing.may(Use.IMPORT):
        return desk.moved_on()
    return desk.to_batch(read_again(file=source, by=desk.request.user))


def questions(desk: Desk) -> HttpResponse:
    """Ask what only a person knows; to be answered again as long as nothing was brought in."""
    if desk.batch.state not in {State.ASKING, State.REVIEW} and not desk.batch.is_too_long:
        return desk.to("batch")
    kind = forms.HerQuestionsForm if desk.is_hers else forms.QuestionsForm
    form = kind(desk.request.POST or None, batch=desk.batch, people=desk.people, languages=desk.languages)
    if not form.is_valid():
        return desk.page("questions", form_status(form), form=form, examples=desk.batch.found.get("examples", ()))
    answers = form.answers() | {"case_perpetrator_id": desk.person_of(form.cleaned_data.get("who", ""))}
    try:
        importing.answer_questions(
            batch=desk.batch, revision=form.cleaned_data["revision"], answers=answers, by=desk.request.user
        )
    except importing.OutOfStep:
        return desk.moved_on()
    return desk.to("batch")


def review(desk: Desk) -> HttpResponse:
    """Choose, 25 lines to a page. Every press keeps the ticks of the page it is pressed on."""
    if desk.batch.state != State.REVIEW:
        return desk.to("batch")
    request, row = desk.request, desk.batch
    form = forms.WantedForm(request.POST or None, senders=row.senders)
    lines = matching(row, request.user, form.wanted())
    press = request.POST.get("press", "")
    try:
        if request.method == "POST":
            _keep_ticks(desk, lines, press)
    except importing.OutOfStep:
        return desk.moved_on()
    if press == "on":
        if count_of_entries(row, request.user)["lines"]:
            return desk.to("bring")
        messages.error(request, _("Nothing is ticked. Tick what you want to bring in."))
    page = Paginator(lines, PAGE_SIZE).get_page(_wanted_page(request, press))
    shown = {"form": form, "page": page, "lines": [shown_line(line) for line in page]}
    shown["is_narrowed"] = form.is_bound and any(form.cleaned_data.values())
    shown |= {"next_press": f"page:{page.number + 1}", "previous_press": f"page:{page.number - 1}"}
    return desk.page("review", 422 if form.errors else 200, **shown, **_counts(desk))


def _counts(desk: Desk) -> dict[str, Any]:
    row, user = desk.batch, desk.request.user
    counts = count_of_entries(row, user)
    return {"counts": counts, "undated": undated_count(row, user), "known": known_count(row, user)}


def _wanted_page(request: AuthenticatedRequest, press: str) -> str:
    """A press of "next" or "previous" names its page; narrowing begins at the first."""
    name, _sep, number = press.partition(":")
    if name == "page":
        return number
    return "1" if press == "show" else request.POST.get("page", "1")


def _keep_ticks(desk: Desk, lines: Any, press: str) -> None:
    shown, ticked = (_numbers(desk.request.POST.getlist(name)) for name in ("shown", "tick"))
    importing.tick_lines(batch=desk.batch, shown=shown, ticked=ticked)
    if press in {"all", "none"}:
        count = importing.tick_all(batch=desk.batch, lines=lines, is_chosen=press == "all")
        words = (
            ngettext("%(count)s message is ticked.", "%(count)s messages are ticked.", count)
            if press == "all"
            else ngettext("%(count)s message is not ticked now.", "%(count)s messages are not ticked now.", count)
        )
        messages.success(desk.request, words % {"count": f"{count:,}"})


def _numbers(sent: Sequence[str]) -> list[int]:
    return [int(each) for each in sent if each.isdecimal() and len(each) < 9]


def shown_line(line: ImportLine) -> dict[str, Any]:
    """A line as a page shows it."""
    return {
        "line": line,
        "words": titled(line) or ("" if line.marks or line.media_count else line.raw),
        "extras": extras_of(line),
        "place": place_words(line.place_kind, [line.place_number], line.place_in),
        "problem": line_words(line) if line.problem else "",
    }


def line(desk: Desk, number: int) -> HttpResponse:
    """Type the day a line happened, where its source has none that can be right."""
    if desk.batch.state != State.REVIEW:
        return desk.to("batch")
    lines = ImportLine.objects.visible_to(desk.request.user).filter(batch=desk.batch).offered()
    found = lines.select_related("batch").filter(number=number).first()
    if found is None:
        raise Http404
    form = forms.LineDateForm(desk.request.POST or None)
    if form.is_valid():
        try:
            importing.date_line(line=found, written=Written(form.cleaned_data["on"], form.cleaned_data["at"]))
        except importing.OutOfStep:
            return desk.moved_on()
        messages.success(desk.request, _("The day is kept, and the message is ticked."))
        return desk.to("review")
    return desk.page("line", form_status(form), form=form, shown=shown_line(found))


def bring(desk: Desk) -> HttpResponse:
    """Look at what the choice comes to, say how it shall stand, and have it brought in."""
    if desk.batch.state != State.REVIEW:
        return desk.to("batch")
    row = desk.batch
    counts = count_of_entries(row, desk.request.user)
    choices = forms.grouping_choices(counts, is_hers=desk.is_hers)
    initial = {"revision": row.revision, "grouping": choices[-1][0]}
    form = forms.BringForm(desk.request.POST or None, choices=choices, is_hers=desk.is_hers, initial=initial)
    if form.is_valid():
        answer = _bring(desk, form.cleaned_data)
        if answer is not None:
            return answer
        counts = count_of_entries(row, desk.request.user)
    left = row.item_count - counts["lines"]
    return desk.page("bring", form_status(form), form=form, counts=counts, left=left)


def _bring(desk: Desk, said: dict[str, Any]) -> HttpResponse | None:
    behaviours = [said["behaviour"]] if said["behaviour"] else []
    try:
        importing.set_grouping(batch=desk.batch, grouping=Grouping(said["grouping"]))
        importing.bring_in(batch=desk.batch, revision=said["revision"], behaviours=behaviours, by=desk.request.user)
    except importing.OutOfStep:
        return desk.moved_on()
    except importing.NothingChosen:
        messages.error(desk.request, _("Nothing is ticked. Tick what you want to bring in."))
        return desk.to("review")
    except importing.NowKnown as known:
        words = ngettext(
            "%(count)s message came into the log from another file. We took its tick away.",
            "%(count)s messages came into the log from another file. We took their ticks away.",
            known.count,
        )
        messages.info(desk.request, words % {"count": known.count})
        return desk.to("review")
    return desk.to("batch")


def rest(desk: Desk) -> HttpResponse:
    """What was passed over or could not be read, each with its place and why; as a table to keep with `?file`."""
    lines = ImportLine.objects.visible_to(desk.request.user).filter(batch=desk.batch).order_by("number")
    lines = lines.left_out() if desk.batch.is_settled else lines.exclude(outcome=ImportLine.Outcome.ITEM)
    if "file" in desk.request.GET:
        record(Action.IMPORT_VIEWED, target=desk.batch, case_ids=[desk.batch.case_id], detail={"page": "rest file"})
        return _table(lines)
    page = Paginator(lines, PAGE_SIZE).get_page(desk.request.GET.get("page"))
    return desk.page("rest", page=page, lines=[shown_line(each) | {"why": line_words(each)} for each in page])


def _table(lines: Any) -> HttpResponse:
    def rows() -> Iterator[tuple[str, str, str]]:
        yield _("Place"), _("Why"), _("As it stands in the file")
        for each in lines.iterator(chunk_size=1_000):
            yield place_words(each.place_kind, [each.place_number], each.place_in), line_words(each), each.raw

    return csv_file(rows())


def undo(desk: Desk) -> HttpResponse:
    """Say what undoing does, name what was used since, and do it."""
    from logs.bringing.working import imported

    if not importing.may_be_undone(desk.batch):
        return desk.to("batch")
    entries = list(imported(desk.batch).values_list("pk", "number"))
    held = held_among([pk for pk, _number in entries])
    named = [(str(pk), _name(desk, number)) for pk, number in entries if pk in held][:HELD_SHOWN]
    form = forms.UndoForm(desk.request.POST or None, held=named, initial={"revision": desk.batch.revision})
    if form.is_valid():
        try:
            importing.undo_import(
                batch=desk.batch, revision=form.cleaned_data["revision"], also=form.named(), by=desk.request.user
            )
        except importing.OutOfStep:
            return desk.moved_on()
        return desk.to("batch")
    return desk.page("undo", form_status(form), form=form, count=len(entries) - len(held), held_count=len(held))


def _name(desk: Desk, number: int) -> str:
    words = _("Note %(number)s") if desk.is_hers else _("Entry %(number)s")
    return words % {"number": number}


def again(desk: Desk) -> HttpResponse:
    """Have a worker try again."""
    try:
        importing.try_again(batch=desk.batch, by=desk.request.user)
    except importing.OutOfStep:
        return desk.moved_on()
    return desk.to("batch")
