"""Support that is given to a victim: the catalogue, an episode of one service, its moves, aims and scores."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from reference.models.sourced import OPEN as OPEN_TO_ALL
from reference.models.sourced import Confidence, Sourced
from referrals.rules.support import OPEN, EpisodeState, Need, Outcome, Review


class SupportServiceQuerySet(models.QuerySet["SupportService"]):
    """Reads of the catalogue."""

    def offered(self) -> "SupportServiceQuerySet":
        """Those that can be offered now, in the catalogue's order."""
        return self.filter(is_active=True).order_by("position")

    def for_list(self) -> "SupportServiceQuerySet":
        """All of them with what is done under each, in the catalogue's order."""
        return self.order_by("position").prefetch_related(
            models.Prefetch("subcodes", queryset=SupportSubcode.objects.order_by("position"))
        )


class SupportService(Sourced):
    """One service that can be offered to a victim. Its kind is what is counted in returns."""

    statement = OPEN_TO_ALL

    class Kind(models.TextChoices):
        """What the booklet says that the service can do."""

        EMOTIONAL = "emotional", _("Emotional support")
        ADVOCACY = "advocacy", _("Advocacy")
        JUSTICE = "justice", _("Support through the justice process")
        SIGNPOSTING = "signposting", _("Signposting and onward referral")
        RESTORATIVE = "restorative", _("Access to restorative justice")
        PRACTICAL = "practical", _("Practical support, with crime prevention and safety advice")

    code = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    what = models.CharField(_("what it is"), max_length=300)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("can be offered"), default=True)
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)

    objects = SupportServiceQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("support service")
        verbose_name_plural = _("support services")

    def __str__(self) -> str:
        return self.name


class SupportSubcode(Sourced):
    """One thing that is done under a service, counted by itself in returns."""

    statement = OPEN_TO_ALL

    code = models.SlugField(unique=True)
    service = models.ForeignKey(SupportService, on_delete=models.PROTECT, to_field="code", related_name="subcodes")
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)

    class Meta(Sourced.Meta):
        verbose_name = _("kind of work")
        verbose_name_plural = _("kinds of work")

    def __str__(self) -> str:
        return self.name


class EpisodeQuerySet(OfCase):
    """Questions about episodes of support."""

    def open(self) -> "EpisodeQuerySet":
        """Not declined, completed or withdrawn."""
        return self.filter(state__in=OPEN)

    def for_list(self) -> "EpisodeQuerySet":
        """All that a list row shows, the open ones first: its service, its sessions, the day of the last."""
        # By name: the module of sessions is built on this one.
        sessions = self.model._meta.get_field("sessions").related_model._default_manager
        held = sessions.held().filter(episode=OuterRef("pk")).order_by().values("episode")
        moved = EpisodeMove.objects.filter(episode=OuterRef("pk")).order_by("-at", "-pk").values("on")[:1]
        found = self.select_related("service").annotate(
            session_count=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
            last_session_at=Subquery(held.annotate(last=Max("at")).values("last")),
            moved_on=Subquery(moved),
            is_open=models.ExpressionWrapper(Q(state__in=OPEN), models.BooleanField()),
        )
        return found.order_by("-is_open", "-offered_on", "-pk")


class SupportEpisode(Labelled):
    """One service for one victim, from its offer to its end. Where it stands is the `to` of its newest move."""

    statement = Statement("staff", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="support_episodes")
    service = models.ForeignKey(SupportService, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=EpisodeState.choices, default=EpisodeState.OFFERED)
    offered_on = models.DateField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "service"],
                condition=Q(state__in=sorted(OPEN)),
                name="referrals_supportepisode_one_open",
                violation_error_message=_("This service is open for the victim already."),
            )
        ]
        indexes = [models.Index(fields=["case", "-offered_on"], name="referrals_episode_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def has_ended(self) -> bool:
        """Whether it was declined, completed or withdrawn."""
        return self.state not in OPEN


class EpisodeMove(Labelled):
    """One move of an episode from one state to another: by whom, of which day, recorded when, why."""

    statement = Statement("staff", ("reason",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    episode = models.ForeignKey(SupportEpisode, on_delete=models.PROTECT, related_name="moves")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=9, choices=EpisodeState.choices, blank=True)
    to_state = models.CharField(max_length=9, choices=EpisodeState.choices)
    reason = CaseTextField(_("why"), blank=True)
    on = models.DateField(_("which day"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_state=models.F("to_state")), name="referrals_episodemove_moves")
        ]
        indexes = [
            models.Index(fields=["case", "-at"], name="referrals_move_of_case"),
            models.Index(fields=["episode", "-at"], name="referrals_move_of_episode"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def was_written_later(self) -> bool:
        """Whether it was recorded on another day than it happened."""
        return self.on != timezone.localdate(self.at)


class EpisodeAim(Labelled):
    """What an episode is for: its goal, and the needs it answers. A new version each time; the older ones stay."""

    statement = Statement("staff", ("goal",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    episode = models.ForeignKey(SupportEpisode, on_delete=models.PROTECT, related_name="aims")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    goal = CaseTextField(_("goal"))
    needs = ArrayField(models.CharField(max_length=12, choices=Need.choices), default=list, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "version"], name="referrals_episodeaim_once_per_version")
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def need_words(self) -> list[str]:
        """The needs by name."""
        return labels_of(self.needs, Need.choices)


class EpisodeReview(Labelled):
    """Scores of one day, as the victim gave them: 1 is the worst, 5 the best. What was not asked is left out."""

    statement = Statement("staff", ("scores",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    episode = models.ForeignKey(SupportEpisode, on_delete=models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    when = models.CharField(max_length=6, choices=Review.choices)
    on = models.DateField()
    scores = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"], name="referrals_review_of_episode")]

    def __str__(self) -> str:
        return str(self.pk)


MEASURES: list[tuple[str, object]] = [*Need.choices, *Outcome.choices]


def labels_of(codes: Iterable[str], choices: Iterable[tuple[str, object]]) -> list[str]:
    """Codes in words, in the order they are listed in; one that is listed no more stays as it is."""
    known = {code: str(label) for code, label in choices}
    wanted = list(codes)
    return [label for code, label in known.items() if code in wanted] + [code for code in wanted if code not in known]


def end_of(episode: SupportEpisode, moves: Iterable[EpisodeMove]) -> date | None:
    """The day an episode ended, of its moves; none while it is open."""
    return max((move.on for move in moves if move.to_state not in OPEN), default=None) if episode.has_ended else None
