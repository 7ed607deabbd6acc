"""Named situations for tests. Factories connect as the privileged test role; what is under test never does."""

from tests.factories.accounts import TeamFactory, UserFactory
from tests.factories.cases import (
    AllocationFactory,
    CaseFactory,
    CasePerpetratorFactory,
    PerpetratorFactory,
    SafeContactFactory,
    VictimFactory,
)
from tests.factories.logs import EvidenceFactory, IncidentFactory

__all__ = [
    "AllocationFactory",
    "CaseFactory",
    "CasePerpetratorFactory",
    "EvidenceFactory",
    "IncidentFactory",
    "PerpetratorFactory",
    "SafeContactFactory",
    "TeamFactory",
    "UserFactory",
    "VictimFactory",
]
