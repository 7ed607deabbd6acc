"""The rules that editions of a bundle are laid out by: for colleagues alone."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from reference.models.sourced import OPEN, Confidence, Sourced


class PresetQuerySet(models.QuerySet["Preset"]):
    """Reads of the rules that editions are laid out by."""

    def current(self, edition: str, today: date) -> "Preset | None":
        """Return the rules an edition follows today: the newest in force, of those the highest version."""
        in_force = self.filter(edition=edition, in_force_on__lte=today)
        return in_force.order_by("-in_force_on", "-version").first()

    def for_list(self) -> "PresetQuerySet":
        """Return all of them, edition by edition, the newest first."""
        return self.order_by("edition", "-in_force_on", "-version")


class Preset(Sourced):
    """The rules one edition of a bundle is laid out by. A change is a row of its own, under the next version.

    `in_force_on` is the day the rules took effect, `note` what is to be known before relying on them.
    """

    statement = OPEN

    class Edition(models.TextChoices):
        """The kinds of bundle there are."""

        OWN = "own", _("The victim’s own copy")
        POLICE = "police", _("Police pack")
        COURT = "court", _("Prosecution and court edition")
        FAMILY = "family", _("Family court edition")
        SAFE = "safe", _("Disclosure-safe edition")
        SHORT = "short", _("Short edition")

    class Numbering(models.TextChoices):
        """How pages are numbered."""

        CONTINUOUS = "continuous", _("1, 2, 3 from the first page")
        BATES = "bates", _("A1, B1 and so on, anew for each section")

    class Layout(models.TextChoices):
        """How entries stand on the page."""

        COLUMNS = "columns", _("the booklet’s columns")
        CARDS = "cards", _("one block for each entry")

    key = models.SlugField()
    edition = models.CharField(_("edition"), max_length=10, choices=Edition.choices)
    name = models.CharField(_("name"), max_length=120)
    in_force_on = models.DateField(_("in force on"))
    numbering = models.CharField(_("page numbers"), max_length=10, choices=Numbering.choices)
    layout = models.CharField(_("layout"), max_length=10, choices=Layout.choices)
    type_size = models.DecimalField(_("size of the type, in points"), max_digits=4, decimal_places=1)
    most_pages = models.PositiveIntegerField(_("pages at most"), null=True, blank=True)
    most_bytes = models.PositiveBigIntegerField(_("bytes at most"), null=True, blank=True)
    most_dpi = models.PositiveSmallIntegerField(_("dots an inch at most"), default=300)
    note = models.CharField(_("to know before relying on it"), max_length=300, blank=True)
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)

    objects = PresetQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["key", "version"], name="reference_preset_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.key}, version {self.version}"

    @property
    def most_size(self) -> str:
        """The size ceiling in the words of whoever set it, such as "1 GB": thousands, not powers of two."""
        if self.most_bytes is None:
            return ""
        giga = self.most_bytes / 1_000_000_000
        return f"{giga:g} GB" if giga >= 1 else f"{self.most_bytes / 1_000_000:g} MB"

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has read the rules in their source."""
        return self.confidence == Confidence.CONFIRMED and self.checked_on is not None
