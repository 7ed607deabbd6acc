"""A link with a passcode to one thing that was released: for somebody outside, for some days, each opening kept."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.access import Wall
from cases.models.cases import Case
from cases.models.scope import OfCase
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class ShareLinkQuerySet(OfCase):
    """Questions about links."""

    def of(self, what: str, object_id: object) -> Self:
        """Those to one released thing, the newest first; each knows whether a wall set since shuts it."""
        since = Wall.objects.filter(case=models.OuterRef("case"), set_at__gte=models.OuterRef("made_at"))
        mine = self.filter(what=what, object_id=object_id).order_by("-made_at")
        return mine.annotate(is_walled=models.Exists(since))

    def standing(self) -> Self:
        """Those that nobody ended."""
        return self.filter(ended_at=None)


class ShareLink(models.Model):
    """One link. What is in its address and the passcode are kept as digests alone.

    Attributes:
        what: the kind of thing it opens, as in `bundle_release`, and `object_id`, which one.
        storage_name: the file it opens, as it was when the link was made; empty for what is shown on a page.
        sha256: of the file's bytes, or of what the page shows.
        is_walled: of a row of `of`: somebody was shut out of the case since, so that nobody opens it any more.
    """

    is_walled: bool

    statement = Statement("staff", ("to_name", "made_by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="share_links")
    what = models.CharField(max_length=20)
    object_id = models.UUIDField()
    to_name = models.CharField(max_length=120)
    token_digest = models.CharField(max_length=64, unique=True)
    passcode = models.CharField(max_length=128)
    storage_name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    most_wrong = models.PositiveSmallIntegerField()
    wrong_count = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["what", "object_id"], name="cases_sharelink_of")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_locked(self) -> bool:
        """Whether too many wrong passcodes were tried."""
        return self.wrong_count >= self.most_wrong

    def opens(self, now: datetime) -> bool:
        """Whether the right passcode opens it; of a row of `of`. A thing held back is shut all the same."""
        return self.ended_at is None and not self.is_locked and now < self.expires_at and not self.is_walled


class ShareOpening(models.Model):
    """One try at a link: when, and what came of it. From where is not kept."""

    statement = Statement("staff", (), WITH_THE_CASE)

    class Outcome(models.TextChoices):
        """What came of it."""

        OPENED = "opened", _("Opened with the passcode, file sent")
        SHOWN = "shown", _("Opened with the passcode")
        ANSWERED = "answered", _("Answered with the passcode")
        WRONG = "wrong", _("Wrong passcode")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    link = models.ForeignKey(ShareLink, on_delete=models.PROTECT, related_name="openings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["link", "-at"], name="cases_shareopening_of_link")]

    def __str__(self) -> str:
        return str(self.pk)
