"""The directory, advice, limits and bank holidays."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from reference.models.sourced import OPEN, Confidence, Sourced
from reference.places import DISTRICTS, county_of
from reference.rendering import render

# What a person may be told of an entry, each of which somebody confirms; the word to text goes with its number.
DETAILS = ("phone", "text_number", "email", "domain", "hours", "phone_on_bill")
REACHED_BY = ("phone", "text_number", "email", "domain")
AREAS_OF = {
    "norfolk": ["national", "norfolk-suffolk", "norfolk"],
    "suffolk": ["national", "norfolk-suffolk", "suffolk"],
    "norfolk-suffolk": ["national", "norfolk-suffolk"],
}

OURSELVES = "nsvcs"
# What is for nothing else takes no referral: a number to report to, 999 for those who cannot hear, a court.
TAKE_NONE = ["report", "deaf", "papers-prosecution", "papers-court", "papers-family"]
IN_AN_EMERGENCY = ["crisis", "report"]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """The directory's reads."""

    def for_portal(self) -> "OrganisationQuerySet":
        """Return the entries that the portal may show: confirmed, checked, in use, and with a way to reach them."""
        reached = [
            models.Q(**{f"{field}__gt": ""}) & ~models.Q(unconfirmed_fields__contains=[field]) for field in REACHED_BY
        ]
        found = self.for_staff().filter(confidence=Confidence.CONFIRMED, checked_on__isnull=False)
        return found.filter(reduce(or_, reached))

    def for_staff(self) -> "OrganisationQuerySet":
        """Return every entry that is not retired, the unconfirmed ones too, in the directory's order."""
        return self.filter(retired_on=None).order_by("position", "name")

    def to_choose_from(self) -> "OrganisationQuerySet":
        """Return the same by name, as they are looked for in a drop-down list; capitals make no difference."""
        return self.for_staff().order_by(Lower("name"))

    def to_refer_to(self) -> "OrganisationQuerySet":
        """Return those of them that details can be passed on to: no way to report, no court, and not ourselves."""
        takes_none = models.Q(remit_tags__contained_by=TAKE_NONE) & ~models.Q(remit_tags=[])
        is_999 = models.Q(remit_tags__contains=IN_AN_EMERGENCY)
        return self.to_choose_from().exclude(slug=OURSELVES).exclude(takes_none | is_999)

    def tagged(self, tags: Iterable[str]) -> "OrganisationQuerySet":
        """Return the entries whose remit has at least one of the tags."""
        return self.filter(remit_tags__overlap=list(tags))

    def working_in(self, place: str) -> "OrganisationQuerySet":
        """Return the entries that work in a county or district; for "national", those that work everywhere.

        Who works in one district is found for its county too: somebody there may be near enough.
        """
        areas = AREAS_OF.get(county_of(place), [place])
        found = self.filter(area__in=areas)
        if place not in DISTRICTS:
            return found
        return found.filter(models.Q(districts=[]) | models.Q(districts__contains=[place]))

    def speaking(self, language: str) -> "OrganisationQuerySet":
        """Return the entries where one language is spoken."""
        return self.filter(languages__contains=[language])

    def saying(self, words: str) -> "OrganisationQuerySet":
        """Return the entries with every one of these words in their name or in what they help with."""
        found = self
        for word in words.split():
            named = models.Q(name__icontains=word) | models.Q(what_for__icontains=word)
            found = found.filter(named | models.Q(phone__icontains=word) | models.Q(domain__icontains=word))
        return found

    def due_for_check(self, today: date, after_days: int) -> "OrganisationQuerySet":
        """Return the entries never checked, or last checked `after_days` calendar days ago or more."""
        return self.filter(
            models.Q(checked_on__isnull=True) | models.Q(checked_on__lte=today - timedelta(days=after_days))
        )

    def oldest_check_first(self) -> "OrganisationQuerySet":
        """Return them by their last check: what somebody once confirmed comes first, then what nobody ever did."""
        return self.order_by(models.F("checked_on").asc(nulls_last=True), "position", "name")


class Organisation(Sourced):
    """One helpline, charity or public body in the directory. One that is no more is retired: rows point at it.

    Attributes:
        unconfirmed_fields: details that nobody has confirmed, although the entry is; colleagues alone see them.
        districts: where in its area it works; none named means in all of it.
    """

    statement = OPEN

    class Area(models.TextChoices):
        """Where it works."""

        NATIONAL = "national", _("England and Wales")
        NORFOLK = "norfolk", _("Norfolk")
        SUFFOLK = "suffolk", _("Suffolk")
        BOTH = "norfolk-suffolk", _("Norfolk and Suffolk")

    slug = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    name = models.CharField(_("name"), max_length=120)
    what_for = models.CharField(_("what it helps with"), max_length=300)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    text_number = models.CharField(_("text number"), max_length=20, blank=True)
    text_keyword = models.CharField(_("word to text"), max_length=20, blank=True)
    domain = models.CharField(_("web address"), max_length=120, blank=True)
    email = models.CharField(max_length=120, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    remit_tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    area = models.CharField(_("area"), max_length=20, choices=Area.choices, default=Area.NATIONAL)
    districts = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    phone_on_bill = models.CharField(_("does a call show on a bill"), max_length=200, blank=True)
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)
    unconfirmed_fields = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> dict[str, str]:
        """The details for the portal by field; empty where a detail is not confirmed, though the entry is."""
        fields = (*DETAILS, "text_keyword")
        return {field: "" if field in self.unconfirmed_fields else str(getattr(self, field)) for field in fields}

    @property
    def has_shown_contact(self) -> bool:
        """Whether there is any way to reach it that may be shown in the portal."""
        return any(self.shown[field] for field in REACHED_BY)

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has confirmed the entry; of its details, some may still not be."""
        return self.confidence == Confidence.CONFIRMED and self.checked_on is not None

    @property
    def is_for_portal(self) -> bool:
        """Whether the portal may show it: as `for_portal`, with something to reach it by."""
        return self.is_confirmed and self.retired_on is None and self.has_shown_contact


class AdviceQuerySet(models.QuerySet["Advice"]):
    """Reads of the advice pages."""

    def for_portal(self, language: str = "en") -> "AdviceQuerySet":
        """Return the portal's pages in one language, by topic and place."""
        return self.filter(audience=Advice.Audience.PORTAL, language=language).order_by("topic_position", "position")

    def easy_read(self, language: str = "en") -> "AdviceQuerySet":
        """Return the easy-read forms of the portal's pages; each has the slug of the page it is a form of."""
        return self.filter(audience=Advice.Audience.EASY, language=language).order_by("topic_position", "position")

    def for_staff(self, slug: str) -> "Advice | None":
        """Return what staff are to do about something; none where nobody has written it."""
        return self.filter(audience=Advice.Audience.STAFF, slug=slug).first()

    def page(self, slug: str, language: str = "en") -> "Advice":
        """Return one portal page in the language, else in English.

        Raises:
            Advice.DoesNotExist: There is no such page in either language.
        """
        pages = self.filter(audience=Advice.Audience.PORTAL, slug=slug, language__in=(language, "en"))
        found = sorted(pages, key=lambda page: page.language != language)
        if not found:
            raise Advice.DoesNotExist(slug)
        return found[0]


class Advice(Sourced):
    """One short page of advice in one language.

    `written_on` dates the wording; `checked_on` and `checked_by` are the service's own review of it.
    """

    statement = OPEN

    class Topic(models.TextChoices):
        """The groups of the advice list, in the booklet's order."""

        START = "start", _("Before you start")
        STALKING = "stalking", _("What stalking is")
        WHAT_TO_DO = "what-to-do", _("What you can do")
        ORDERS = "orders", _("Court orders")
        ONLINE = "online", _("Staying safe online")
        HELP = "help", _("Getting help")

    class Audience(models.TextChoices):
        """Who the page is for."""

        PORTAL = "portal", _("portal")
        EASY = "easy", _("easy read")
        STAFF = "staff", _("staff")

    slug = models.SlugField()
    language = models.CharField(_("language"), max_length=12, default="en")
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices)
    topic_position = models.PositiveSmallIntegerField(_("place of the topic"))
    position = models.PositiveSmallIntegerField(_("place in the topic"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    organisation_tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, default=Audience.PORTAL)
    written_on = models.DateField(_("written on"))

    objects = AdviceQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("advice page")
        verbose_name_plural = _("advice pages")
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["slug", "language", "audience"], name="reference_advice_once_per_language"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def body_html(self) -> SafeString:
        """The text as HTML; nothing stored in it can become a tag. In easy read each line stands by itself."""
        return render(self.body, keeps_lines=self.audience == self.Audience.EASY)


class LimitQuerySet(models.QuerySet["Limit"]):
    """Reads of the limits."""

    def value(self, key: str) -> int:
        """Return one limit in its own unit.

        Raises:
            Limit.DoesNotExist: No such limit is loaded; the message names it.
        """
        found = self.filter(key=key).values_list("value", flat=True).first()
        if found is None:
            raise Limit.DoesNotExist(f"No limit called {key!r}. Run manage.py load_reference.")
        return found

    def as_mapping(self) -> dict[str, int]:
        """Return all limits by key, as the functions in `rules` modules take them."""
        return dict(self.values_list("key", "value"))


class Limit(Sourced):
    """One number that a rule needs and that the service may change."""

    statement = OPEN

    class Unit(models.TextChoices):
        """What the number counts."""

        WORKING_DAYS = "working days", _("working days")
        DAYS = "days", _("days")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")
        HOURS = "hours", _("hours")
        MINUTES = "minutes", _("minutes")
        TIMES = "times", _("times")
        PERCENT = "percent", _("percent")
        BYTES = "bytes", _("bytes")
        CHARACTERS = "characters", _("characters")

    key = models.SlugField(unique=True)
    label = models.CharField(_("what it limits"), max_length=200)
    value = models.PositiveBigIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=20, choices=Unit.choices)
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)

    objects = LimitQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("limit")
        verbose_name_plural = _("limits")

    def __str__(self) -> str:
        return f"{self.key}: {self.value} {self.unit}"


class BankHolidayQuerySet(models.QuerySet["BankHoliday"]):
    """Reads of the bank holidays."""

    def days(self, division: str = "england-and-wales") -> frozenset[date]:
        """Return the days off, as the functions in `rules` modules take them."""
        return frozenset(self.filter(division=division).values_list("day", flat=True))


class BankHoliday(Sourced):
    """One day that is not a working day, substitute days and the service's own one-off days included."""

    statement = OPEN

    class Division(models.TextChoices):
        """The part of the country; the service works in one."""

        ENGLAND_AND_WALES = "england-and-wales", _("England and Wales")

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)
    division = models.CharField(_("division"), max_length=20, choices=Division.choices, default="england-and-wales")

    objects = BankHolidayQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("bank holiday")
        verbose_name_plural = _("bank holidays")
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["division", "day"], name="reference_bankholiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d %B %Y} {self.name}"
