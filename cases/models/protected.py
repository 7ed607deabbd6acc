"""Words of a case that papers for others are kept free of: addresses, names, schools, number plates."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement


class ProtectedKind(models.TextChoices):
    """What a protected word tells of somebody. All but the last may be shown where that kind is ticked."""

    ADDRESSES = "addresses", _("An address")
    PHONES = "phones", _("A phone number or email address")
    SCHOOL = "school", _("A school or nursery")
    WORKPLACE = "workplace", _("A workplace")
    VEHICLES = "vehicles", _("A vehicle or number plate")
    ROUTINE = "routine", _("A routine, such as a club or a class")
    CHILDREN = "children", _("A child’s name or another detail of a child")
    THIRD_PARTIES = "third_parties", _("Another person’s name")
    STAFF_SURNAMES = "staff_surnames", _("The surname of one of our staff")
    PLACES = "places", _("A place")
    ALWAYS = "always", _("Something never to be shown, whatever is ticked")


class ProtectedTermQuerySet(OfCase):
    """Questions about protected words."""

    def current(self) -> Self:
        """Those that nobody has ended."""
        return self.filter(ended_at=None)


class ProtectedTerm(Labelled):
    """One protected word or line. It is not edited: it is ended, and another takes its place.

    Attributes:
        with_first_name: of a full name, the first name by itself goes too.
        in_any_case: a word of everyday English goes with small letters too.
    """

    statement = Statement("staff", ("words",), WITH_THE_CASE)

    class Source(models.TextChoices):
        """Where it comes from."""

        TYPED = "typed", _("Typed by a worker")
        CASE = "case", _("Kept from the case")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="protected_terms")
    kind = models.CharField(max_length=16, choices=ProtectedKind.choices)
    words = CaseTextField(_("word or line"))
    with_first_name = models.BooleanField(default=False)
    in_any_case = models.BooleanField(default=False)
    source = models.CharField(max_length=5, choices=Source.choices, default=Source.TYPED)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ProtectedTermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="cases_protectedterm_ended_by",
            )
        ]
        indexes = [models.Index(fields=["case", "ended_at"], name="cases_protectedterm_of_case")]

    def __str__(self) -> str:
        return str(self.pk)
