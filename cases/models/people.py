"""The people of a case: the victim, how to reach her safely, and the person doing this."""

from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import OfCase
from cases.rules import Relationship, Voicemail
from nsvcs.access import STAFF
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.rls import Within
from nsvcs.statements import WITH_THE_CASE, Statement


class VictimQuerySet(models.QuerySet["Victim"]):
    """Questions about victims. Row security narrows every answer to victims of one's own cases."""

    def visible_to(self, user: User) -> "VictimQuerySet":
        """Staff: victims of their cases, by row security; a portal account: herself."""
        if user.role in STAFF:
            return self.filter(Within("pk", "victims"))
        return self.filter(user_id=user.pk)

    def matching(
        self, surname_codes: list[str], first_codes: list[str], phone_keys: list[str], born_on: date | None
    ) -> "VictimQuerySet":
        """Candidates for a search before creating: any code, phone or birth date in common."""
        wanted = Q(surname_codes__overlap=surname_codes) | Q(first_codes__overlap=first_codes)
        wanted |= Q(phone_keys__overlap=phone_keys)
        if born_on:
            wanted |= Q(born_on=born_on)
        return self.filter(wanted)

    def with_number_ending(self, digits: str) -> "VictimQuerySet":
        """Those with a number that ends in these digits. No index knows an end: for few, as one's own are."""
        numbers = Func(F("phone_keys"), Value(" "), Value(" "), function="ARRAY_TO_STRING", output_field=TextField())
        spaced = Concat(numbers, Value(" "), output_field=TextField())
        return self.annotate(numbers=spaced).filter(numbers__contains=f"{digits} ")


class Victim(models.Model):
    """The person this service is for."""

    statement = Statement(
        "staff",
        (
            "first_name",
            "last_name",
            "known_as",
            "born_on",
            "address",
            "phone",
            "email",
            "pronouns",
            "first_codes",
            "surname_codes",
            "phone_keys",
        ),
        WITH_THE_CASE,
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="victim")
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    known_as = models.CharField(_("known as"), max_length=100, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    preferred_term = models.CharField(_("word they prefer"), max_length=40, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    address = CaseTextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    needs_interpreter = models.BooleanField(_("interpreter needed"), default=False)
    surname_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    first_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    phone_keys = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VictimQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def usual_name(self) -> str:
        """What she is called where no other name is agreed."""
        return self.known_as or self.first_name


class SafeContactQuerySet(models.QuerySet["SafeContact"]):
    """Questions about how to reach somebody safely."""

    def current_for(self, victim_id: UUID) -> "SafeContact | None":
        """The newest version, the only one that counts."""
        return self.filter(victim_id=victim_id).order_by("-version").first()

    def visible_to(self, user: User) -> "SafeContactQuerySet":
        """By victims one may see."""
        return self.filter(Within("victim_id", "victims"))


class SafeContact(models.Model):
    """One version of how she may be reached: a new row each time, the old ones stay. No record means no contact."""

    statement = Statement(
        "staff",
        (
            "phone",
            "email",
            "safe_name",
            "caller_name",
            "code_word",
            "her_code_word",
            "safe_person",
            "other_rules",
            "safe_because",
        ),
        WITH_THE_CASE,
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    victim = models.ForeignKey(Victim, on_delete=models.PROTECT, related_name="safe_contacts")
    version = models.PositiveIntegerField()
    is_unsafe = models.BooleanField(_("unsafe to contact"), default=False)
    may_phone = models.BooleanField(_("phone calls are safe"), default=False)
    may_text = models.BooleanField(_("text messages are safe"), default=False)
    may_email = models.BooleanField(_("e-mail is safe"), default=False)
    may_post = models.BooleanField(_("post is safe"), default=False)
    phone = models.CharField(_("safe phone"), max_length=40, blank=True)
    email = models.EmailField(_("safe e-mail"), blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    from_time = models.TimeField(_("not before"), null=True, blank=True)
    to_time = models.TimeField(_("not after"), null=True, blank=True)
    voicemail = models.CharField(_("voicemail"), max_length=12, choices=Voicemail.choices, default=Voicemail.NEVER)
    may_withhold_number = models.BooleanField(_("call from a withheld number"), default=False)
    has_shared_device = models.BooleanField(_("somebody else may see their phone or computer"), default=False)
    safe_name = models.CharField(_("ask for"), max_length=60, blank=True)
    caller_name = models.CharField(_("say you are"), max_length=60, blank=True)
    code_word = models.CharField(_("our code word"), max_length=40, blank=True)
    her_code_word = models.CharField(_("the victim’s code word"), max_length=40, blank=True)
    safe_person = CaseTextField(_("safe person"), blank=True)
    other_rules = CaseTextField(_("anything else"), blank=True)
    safe_because = CaseTextField(_("why it is safe again"), blank=True)
    confirmed_on = models.DateField(_("confirmed with the victim on"))
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = SafeContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["victim", "version"], name="cases_safecontact_version"),
            models.CheckConstraint(
                condition=Q(from_time=None, to_time=None) | Q(from_time__isnull=False, to_time__isnull=False),
                name="cases_safecontact_hours",
                violation_error_message=_("Give both times, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LegalStatus(models.TextChoices):
    """What is known in law of the person doing this; alleged unless known."""

    ALLEGED = "alleged", _("Alleged")
    SUSPECT = "suspect", _("Suspect")
    CHARGED = "charged", _("Charged")
    CONVICTED = "convicted", _("Convicted")
    ACQUITTED = "acquitted", _("Acquitted")
    CIVIL_ORDER = "civil_order", _("Subject of a civil order")


class PerpetratorQuerySet(models.QuerySet["Perpetrator"]):
    """Questions about the people doing this; there is no list of them to search."""

    def visible_to(self, user: User) -> "PerpetratorQuerySet":
        """Those linked to cases one may open."""
        if user.role in STAFF:
            return self.filter(Within("pk", "perpetrators"))
        return self.none()


class Perpetrator(Labelled):
    """The person doing this, never a list to search: what several cases may share, and no case's own words."""

    statement = Statement("staff", ("name", "born_on"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = CaseTextField(_("name"), blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PerpetratorQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class CasePerpetratorQuerySet(models.QuerySet["CasePerpetrator"]):
    """Questions about perpetrators' places in cases."""

    def visible_to(self, user: User) -> "CasePerpetratorQuerySet":
        """Those of cases one may open; a portal account: of her own."""
        return self.filter(Within("case_id", "staff" if user.role in STAFF else "portal"))


class CasePerpetrator(Labelled):
    """A perpetrator's place in one case. `portal_label` is what the victim and her caseworker agreed to call them."""

    statement = Statement("shared", ("relationship", "portal_label"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="case_perpetrators")
    perpetrator = models.ForeignKey(Perpetrator, on_delete=models.PROTECT, related_name="case_links")
    relationship = models.CharField(max_length=20, choices=Relationship.choices, default=Relationship.UNKNOWN)
    portal_label = models.CharField(_("label in the portal"), max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CasePerpetratorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "perpetrator"], name="cases_caseperpetrator_once")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def whole_version(self) -> int:
        """Counts the changes to place, facts and person together, so that none of them is overwritten unseen."""
        return self.version + self.facts.version + self.perpetrator.version


class PerpetratorFacts(Labelled):
    """What staff know of a perpetrator in one case: beside their place, which the victim's portal account may read."""

    statement = Statement("staff", ("description",), WITH_THE_CASE)

    place = models.OneToOneField(CasePerpetrator, on_delete=models.PROTECT, primary_key=True, related_name="facts")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    legal_status = models.CharField(max_length=12, choices=LegalStatus.choices, default=LegalStatus.ALLEGED)
    description = CaseTextField(_("what helps to know them"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
