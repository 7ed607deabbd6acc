from datetime import timedelta

import factory
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from referrals.models import Alarm, AlarmLoan, AlarmPlace, AlarmRequest
from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.cases import CaseFactory


class AlarmPlaceFactory(DjangoModelFactory):
    class Meta:
        model = AlarmPlace
        django_get_or_create = ("team", "name")

    team = factory.SubFactory(TeamFactory)
    name = "Cupboard 1"


class AlarmFactory(DjangoModelFactory):
    """A unit in stock, tested and with a new battery."""

    class Meta:
        model = Alarm

    serial = factory.Sequence(lambda n: f"A-{n + 1000}")
    kind = "attack_alarm"
    condition = "good"
    place = factory.SubFactory(AlarmPlaceFactory)
    battery_changed_on = factory.LazyFunction(timezone.localdate)
    tested_on = factory.LazyFunction(timezone.localdate)
    added_by = factory.SubFactory(UserFactory)


class AlarmRequestFactory(DjangoModelFactory):
    class Meta:
        model = AlarmRequest

    case = factory.SubFactory(CaseFactory, portal=True)
    risks = ["followed"]
    places = ["out"]
    way = "office"
    by = factory.LazyAttribute(lambda o: o.case.victim.user)


class AlarmLoanFactory(DjangoModelFactory):
    """A reservation; `issued=True` gives the unit out two days ago."""

    class Meta:
        model = AlarmLoan

    class Params:
        issued = factory.Trait(
            alarm=factory.SubFactory(AlarmFactory, state="on_loan"),
            state="issued",
            issued_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=2)),
            due_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30)),
            handed="meeting",
            receipt="signed",
        )

    case = factory.SubFactory(CaseFactory)
    alarm = factory.SubFactory(AlarmFactory, state="reserved")
    period = factory.LazyFunction(lambda: DateTimeTZRange(timezone.now() - timedelta(days=3), None))
    by = factory.SubFactory(UserFactory)

    @classmethod
    def _generate(cls, strategy, params):
        """The unit and its loan at once: the database lets neither stand without the other."""
        with transaction.atomic():
            return super()._generate(strategy, params)
