from datetime import UTC, date, datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import Allocation, Case, CasePerpetrator, Perpetrator, PerpetratorFacts, SafeContact, Victim
from tests.factories.accounts import TeamFactory, UserFactory


class VictimFactory(DjangoModelFactory):
    class Meta:
        model = Victim

    class Params:
        with_portal = factory.Trait(user=factory.SubFactory(UserFactory, victim=True))

    first_name = "Anna"
    last_name = factory.Sequence(lambda n: f"Meadow{n}")


class SafeContactFactory(DjangoModelFactory):
    class Meta:
        model = SafeContact

    victim = factory.SubFactory(VictimFactory)
    version = 1
    may_text = True
    phone = "07700 900123"
    weekdays = [0, 1, 2, 3, 4, 5, 6]
    confirmed_on = factory.LazyFunction(lambda: timezone.localdate())
    recorded_by = factory.LazyAttribute(lambda o: UserFactory().pk)


class CaseFactory(DjangoModelFactory):
    """An open case of Norfolk with nobody on it; `worker=…` allocates, `portal=True` opens the portal."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    class Params:
        portal = factory.Trait(is_portal_open=True, victim=factory.SubFactory(VictimFactory, with_portal=True))
        closed = factory.Trait(closed_on=factory.LazyFunction(date.today), closure_reason="needs_met", status="closed")

    reference = factory.Sequence(lambda n: f"NSV-2026-{n + 500000:06}")
    victim = factory.SubFactory(VictimFactory)
    team = factory.SubFactory(TeamFactory)
    received_at = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)

    @factory.post_generation
    def worker(self, create, extracted, **kwargs):
        if create and extracted:
            AllocationFactory(case=self, worker=extracted)


class AllocationFactory(DjangoModelFactory):
    class Meta:
        model = Allocation

    case = factory.SubFactory(CaseFactory)
    worker = factory.SubFactory(UserFactory)
    starts_at = factory.LazyFunction(timezone.now)


class PerpetratorFactory(DjangoModelFactory):
    class Meta:
        model = Perpetrator

    name = "Dean Farrow"


class PerpetratorFactsFactory(DjangoModelFactory):
    class Meta:
        model = PerpetratorFacts

    case = factory.SelfAttribute("place.case")
    description = "Blue hatchback."


class CasePerpetratorFactory(DjangoModelFactory):
    """A perpetrator's place in a case; `perpetrator=…` ties a known one to it too."""

    class Meta:
        model = CasePerpetrator
        skip_postgeneration_save = True

    case = factory.SubFactory(CaseFactory)
    perpetrator = factory.SubFactory(PerpetratorFactory)
    relationship = "ex_partner"
    facts = factory.RelatedFactory(PerpetratorFactsFactory, factory_related_name="place")
