"""Pages of the tests' own."""

from django.http import Http404, HttpResponse
from django.urls import path

from accounts.models import Team
from audit.actions import record
from audit.models import Action
from nsvcs.access import EVERYONE, Role, allow, open_to_all


@allow(*EVERYONE)
def writes(request):
    Team.objects.create(name="written")
    record(Action.TEAM_CHANGED, detail={"fields": ["name"]})
    return HttpResponse("ok")


@allow(*EVERYONE)
def missing(request, pk):
    raise Http404


@allow(Role.ADMINISTRATOR)
def other(request):
    return HttpResponse("not for you")


@open_to_all
def sign_in(request):
    return HttpResponse("sign in")


urlpatterns = [
    path("writes", writes, name="writes"),
    path("missing/<uuid:pk>", missing, name="missing"),
    path("other", other, name="other"),
    path("sign-in", sign_in, name="account_login"),
]
