from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from logs.models import Evidence, Incident
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory


class IncidentFactory(DjangoModelFactory):
    class Meta:
        model = Incident

    case = factory.SubFactory(CaseFactory)
    victim_id = factory.LazyAttribute(lambda o: o.case.victim_id)
    number = factory.Sequence(lambda n: n + 1)
    occurred_on = date(2026, 6, 3)
    occurred_at = datetime(2026, 6, 3, 11, 0, tzinfo=UTC)
    what_happened = "He stood outside the house."
    source = "portal"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = datetime(2026, 6, 3, 19, 0, tzinfo=UTC)
    digest = "0" * 64


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    incident = factory.SubFactory(IncidentFactory)
    case = factory.LazyAttribute(lambda o: o.incident.case)
    exhibit_number = factory.Sequence(lambda n: n + 1)
    storage_name = factory.Sequence(lambda n: f"aa/{n:032x}")
    size_bytes = 1000
    sha256 = "1" * 64
    media_type = "image/jpeg"
    source = "portal"
    uploaded_by = factory.SubFactory(UserFactory)
    arrived_at = datetime(2026, 6, 3, 19, 0, tzinfo=UTC)
