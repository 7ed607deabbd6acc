"""Pages of the tests' own: each forgets its filter, or fails at one particular moment after an insert."""

from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from accounts.models import Team
from cases.models import Case
from nsvcs.access import EVERYONE, allow, open_to_all, own_transactions
from nsvcs.identity import rebind

HOOKED: list[int] = []


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


@allow(*EVERYONE)
@own_transactions
def short_transactions(request):
    return JsonResponse({"open": connection.in_atomic_block, "cases": None})


@allow(*EVERYONE)
def becomes_nobody(request):
    before = len(case_ids())
    rebind(None)
    return JsonResponse([before, len(case_ids())], safe=False)


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
    path("short", short_transactions, name="short"),
    path("nobody", becomes_nobody, name="nobody"),
    path("sign-in", unfiltered, name="account_login"),
]
