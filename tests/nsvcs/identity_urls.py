"""Pages of the tests' own: each forgets its filter, or fails at one particular moment after an insert."""

from contextlib import suppress

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, connection, transaction
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from accounts.models import KnownDevice, Team
from cases.models import Case
from nsvcs.access import EVERYONE, Role, allow, open_to_all, own_transactions
from nsvcs.identity import rebind
from nsvcs.ids import uuid7

HOOKED: list[int] = []
REFUSALS = {"missing": Http404, "refused": PermissionDenied, "suspicious": SuspiciousOperation}


def case_ids():
    return sorted(str(pk) for pk in Case.objects.values_list("pk", flat=True))


@open_to_all
def unfiltered(request):
    return JsonResponse(case_ids(), safe=False)


@open_to_all
def rendered_late(request):
    return page("{{ cases|join:' ' }}", cases=lambda: case_ids())


@open_to_all
def streamed(request):
    return StreamingHttpResponse(str(len(case_ids())) for _ in range(1))


@open_to_all
def hooked(request):
    transaction.on_commit(lambda: HOOKED.append(identity()[0] == ""))
    return HttpResponse("ok")


@open_to_all
def fails_in_view(request):
    Team.objects.create(name="view")
    raise RuntimeError("view")


@open_to_all
def fails_in_template(request):
    Team.objects.create(name="template")
    return page("{{ bad }}", bad=broken)


@open_to_all
def answers(request, status):
    Team.objects.create(name=f"answered {status}")
    return HttpResponse(status=status)


@open_to_all
def inserts(request):
    Team.objects.create(name="inserted")
    return HttpResponse("ok")


@allow(Role.ADMINISTRATOR)
def administrators(request):
    return HttpResponse("ok")


@allow(*EVERYONE)
@own_transactions
def short_transactions(request):
    return JsonResponse({"open": connection.in_atomic_block, "cases": None})


@allow(*EVERYONE)
def becomes_nobody(request):
    before = len(case_ids())
    rebind(None)
    return JsonResponse([before, len(case_ids())], safe=False)


@allow(*EVERYONE)
def raises(request, kind):
    Team.objects.create(name="raised")
    raise REFUSALS[kind]


@open_to_all
def remembers(request):
    """Writes a row, and leaves the session and a hook to be seen to on the way out."""
    Team.objects.create(name="remembered")
    request.session["kept"] = "yes"
    transaction.on_commit(lambda: HOOKED.append(True))
    return HttpResponse("ok", headers={"Content-Disposition": "attachment"})


@open_to_all
def fails_at_commit(request):
    """A device of nobody's: the database looks for its owner only at the end."""
    KnownDevice.objects.create(user_id=uuid7(), digest="x", used_at=timezone.now())
    return remembers(request)


@open_to_all
def passes_over(request):
    """A database error that nobody speaks of: the transaction is dead, and the page thinks all is well."""
    Team.objects.create(name="passed over")
    with suppress(IntegrityError):
        Team.objects.create(name="passed over")
    return HttpResponse("ok")


def broken():
    raise RuntimeError("template")


def page(text, **context):
    return TemplateResponse(None, engines["django"].from_string(text), context)


def identity():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('nsvcs.user_id', true), ''), current_user")
        return cursor.fetchone()


urlpatterns = [
    path("unfiltered", unfiltered, name="unfiltered"),
    path("late", rendered_late, name="late"),
    path("streamed", streamed, name="streamed"),
    path("hooked", hooked, name="hooked"),
    path("view", fails_in_view, name="view"),
    path("template", fails_in_template, name="template"),
    path("answers/<int:status>", answers, name="answers"),
    path("inserts", inserts, name="inserts"),
    path("staff", administrators, name="administrators"),
    path("short", short_transactions, name="short"),
    path("raises/<kind>", raises, name="raises"),
    path("remembers", remembers, name="remembers"),
    path("fails-at-commit", fails_at_commit, name="fails_at_commit"),
    path("passes-over", passes_over, name="passes_over"),
    path("nobody", becomes_nobody, name="nobody"),
    path("sign-in", unfiltered, name="account_login"),
]
