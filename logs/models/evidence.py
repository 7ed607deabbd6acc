"""Evidence: the original kept bit for bit, viewing copies beside it, and every handling of it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.models.scope import SharedOfCase
from logs.filetypes import READABLE_TYPES, kind_words
from logs.models.imports import ImportBatch
from logs.models.incidents import Incident
from logs.standing import VERDICTS, ScanState, Standing, Use, state_of
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement

COURT_MEDIA_BYTES, COURT_DOCUMENT_BYTES = 500 * 1000**2, 1000**3


class EvidenceQuerySet(SharedOfCase):
    """Questions about evidence."""

    def of_entries(self, entries: Any) -> Self:
        """The files of these entries, and the files from which any of them was brought in."""
        batches = ImportBatch.objects.filter(entry_lines__incident__in=entries)
        own, others = Q(import_batch__in=batches.values("pk")), Q(pk__in=batches.values("read_from"))
        return self.filter(Q(incident__in=entries) | own | others)

    def twins_of(self, file: "Evidence") -> Self:
        """The other exhibits of its case that are the same file to the last bit, in the order of their numbers."""
        same = self.filter(case_id=file.case_id, sha256=file.sha256, size_bytes=file.size_bytes)
        return same.exclude(pk=file.pk).order_by("exhibit_number")

    def with_copies(self) -> Self:
        """Each with its viewing copies, in one more query, and with where it stands: without that none is shown.

        `password_state` says what came of the newest password that was given for it; none where none was.
        """
        copies = Prefetch("renditions", queryset=Rendition.objects.order_by("made_at", "number"))
        given = Evidence._meta.get_field("passwords").related_model._default_manager.order_by("-given_at")
        newest = Subquery(given.filter(evidence=OuterRef("pk")).values("outcome")[:1])
        return self.with_standing().annotate(password_state=newest).prefetch_related(copies)

    def with_standing(self) -> Self:
        """Each with what `Evidence.standing` needs: the scan that counts, and whether it is locked."""
        scans = Evidence._meta.get_field("scans").related_model._default_manager.order_by("-attempt")
        scans = scans.filter(evidence=OuterRef("pk"))
        # A look again that came to nothing takes nothing back of what was found before.
        states = [scans.filter(state__in=VERDICTS).values("state")[:1], scans.values("state")[:1]]
        locks = CustodyEvent.objects.filter(evidence=OuterRef("pk"), kind__in=LOCKS).order_by("-at", "-pk")
        state = Coalesce(*(Subquery(each) for each in states))
        return self.annotate(scan_state=state, lock=Subquery(locks.values("kind")[:1]))

    def usable(self) -> Self:
        """Those that may be copied, shown in a bundle and read from: not locked, and clean where there is a scanner."""
        kept = self.with_standing().filter(Q(lock=None) | Q(lock=CustodyEvent.Kind.UNLOCKED))
        if settings.CLAMD_URL:
            return kept.filter(scan_state=ScanState.CLEAN)
        return kept.filter(Q(scan_state=None) | ~Q(scan_state=ScanState.INFECTED))

    def kept_apart(self) -> Self:
        """Those that somebody locked, or in which a scanner found a virus."""
        return self.with_standing().filter(Q(lock=CustodyEvent.Kind.LOCKED) | Q(scan_state=ScanState.INFECTED))

    def with_beside(self) -> Self:
        """Each with what it says of itself, its place apart, and with what people said of it; three more queries.

        `has_place` says that it holds a place, which is shown to those only who ask.
        """
        facts, typed = self.model.facts.rel.related_model, self.model.transcripts.rel.related_model
        shown = Prefetch("facts", queryset=facts.objects.to_show().order_by("read_at"))
        versions = Prefetch("transcripts", queryset=typed.objects.select_related("typed_by").order_by("-number"))
        places = facts.objects.places().filter(evidence=OuterRef("pk"))
        said = self.model.captions.rel.related_model
        captions = Prefetch("captions", queryset=said.objects.select_related("said_by").order_by("-number"))
        return self.prefetch_related(shown, versions, captions).annotate(has_place=Exists(places))

    def with_copy_state(self) -> Self:
        """Each with `copy_state`, the state of its newest viewing copy; none when none was tried."""
        copies = Rendition.objects.filter(evidence=OuterRef("pk"), kind=Rendition.Kind.PAGE).order_by("-made_at")
        return self.annotate(copy_state=Subquery(copies.values("state")[:1]))


class Evidence(models.Model):
    """One original file. Nothing here changes after it arrived; what changes is a row beside.

    It belongs to one entry or, as the source from which many entries were brought in, to one batch.
    """

    statement = Statement("shared", ("file_label", "description", "taken_words"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="evidence")
    import_batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, null=True, related_name="own_source")
    exhibit_number = models.PositiveIntegerField()
    storage_name = models.CharField(max_length=80, unique=True)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=80)
    file_label = CaseTextField(blank=True)
    description = CaseTextField(blank=True)
    taken_words = CaseTextField(blank=True)
    source = models.CharField(max_length=10)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "exhibit_number"], name="logs_evidence_exhibit_number"),
            models.CheckConstraint(
                condition=Q(incident__isnull=False, import_batch=None) | Q(incident=None, import_batch__isnull=False),
                name="logs_evidence_of_entry_or_batch",
            ),
        ]
        indexes = [models.Index(fields=["incident"], name="logs_evidence_of_incident")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def kind_words(self) -> str:
        """What kind of file this is, in words, such as "JPEG picture"."""
        return kind_words(self.media_type)

    @property
    def standing(self) -> Standing:
        """What may be done with it. Only for rows fetched `with_standing`: nobody is to guess.

        Raises:
            AttributeError: it was fetched without.
        """
        newest: str | None = self.scan_state  # type: ignore[attr-defined]
        state = state_of(newest, has_scanner=bool(settings.CLAMD_URL))
        return Standing(state, is_locked=self.lock == CustodyEvent.Kind.LOCKED)  # type: ignore[attr-defined]

    @property
    def may_be_read(self) -> bool:
        """Whether messages, calls or rows in it may be brought in: by its kind, and by where it stands."""
        return self.is_readable and self.standing.may(Use.IMPORT)

    @property
    def is_image(self) -> bool:
        """Whether a viewing copy can be a picture."""
        return self.media_type.startswith("image/")

    @property
    def is_document(self) -> bool:
        """Whether its pages can be shown."""
        return self.media_type == "application/pdf"

    @property
    def is_readable(self) -> bool:
        """Whether pages to read can be made of its words and tables."""
        return self.media_type in READABLE_TYPES

    @property
    def is_film(self) -> bool:
        """Whether stills of it can be shown."""
        return self.media_type.startswith("video/")

    @property
    def is_sound(self) -> bool:
        """Whether it can only be heard."""
        return self.media_type.startswith("audio/")

    @property
    def can_be_heard(self) -> bool:
        """Whether somebody may write down what is said in it."""
        return self.is_film or self.is_sound

    @property
    def is_over_court_size(self) -> bool:
        """Whether courts' own systems would not take the original: 500 MB for film and sound, 1 GB for the rest.

        Source: what HMCTS platforms take, from the ministerial answer to Commons question 104311; read in decimal
        units, the stricter way.
        """
        return self.size_bytes > (COURT_MEDIA_BYTES if self.can_be_heard else COURT_DOCUMENT_BYTES)


class Rendition(models.Model):
    """A part made by us of an original, or the record that it could not be made. A new recipe makes new rows.

    Attributes:
        number: which of several of its kind it is, from 1: a document has a picture of each page.
        recipe: by which version of our own rules it was made; with `original_sha256` the key of what it is.
        original_sha256: the digest of the original as it was read for this.
        page_count: how many pages the part has; how many stills a sheet of stills shows.
        pictured: the pages of a document that are shown as pictures, because something of them was hidden.
        details: what its maker counted beside: of a document what was taken out of it by kind (`removed`), and which
            of its pages are pictures because they could not be copied otherwise (`failed`), could not be read (`lost`)
            or are far larger than paper (`large`).
    """

    statement = Statement("shared", (), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What it is for."""

        PAGE = "page", _("Page copy")
        THUMBNAIL = "thumbnail", _("Small picture")
        DOCUMENT = "document", _("Document's pages")
        READING = "reading", _("Pages to read")
        SHEET = "sheet", _("Picture of a page")
        STILLS = "stills", _("Stills")
        FILM = "film", _("Film in the picture's file")
        REPORT = "report", _("What the file says of itself")
        TEXT = "text", _("Words that can be searched")

    class State(models.TextChoices):
        """What came of it."""

        OK = "ok", _("Ready")
        REFUSED = "refused", _("Cannot be shown")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="renditions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(default=1)
    recipe = models.CharField(max_length=40)
    original_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    error_code = models.CharField(max_length=40, blank=True)
    notes = models.JSONField(default=list)
    storage_name = models.CharField(max_length=80, blank=True)
    media_type = models.CharField(max_length=80, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    pictured = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "kind", "recipe", "number"], name="logs_rendition_once_a_recipe"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


LOCKS = ("locked", "unlocked")


class CustodyEvent(models.Model):
    """One handling of an original, from its arrival on."""

    statement = Statement("shared", ("by_role",), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What was done."""

        ARRIVED = "arrived", _("Arrived and was kept")
        CLEAN = "clean", _("Checked for viruses, nothing found")
        NOT_SCANNED = "not_scanned", _("Could not be checked for viruses")
        QUARANTINED = "quarantined", _("A virus was found; kept apart")
        COPIED = "copied", _("Viewing copy made")
        NOT_COPIED = "not_copied", _("No viewing copy could be made")
        DOWNLOADED = "downloaded", _("Original downloaded")
        BUNDLED = "bundled", _("Put into a bundle")
        LISTED = "listed", _("Listed in a bundle, not shown in it")
        LOOKED_AGAIN = "looked_again", _("Checked for viruses again, with the same result")
        CHECKED = "checked", _("Digest checked")
        CHANGED = "changed", _("Missing, or not the file that arrived")
        LOCKED = "locked", _("Locked")
        UNLOCKED = "unlocked", _("Unlocked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="custody")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by_id = models.UUIDField(null=True)
    by_role = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    objects = SharedOfCase.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["evidence", "at"], name="logs_custody_of_evidence"),
            models.Index(
                fields=["evidence", "-at"], condition=Q(kind__in=["locked", "unlocked"]), name="logs_custody_locks"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
