"""The directory's check, done by a command: the page's own action, in the name of the colleague who looked."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases.actions import StaleEdit
from nsvcs.access import CASEWORK
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Organisation
from reference.models.directory import DETAILS
from referrals.actions.directory import check_organisation


def confirm_organisation(slug: str, by: str, details: Sequence[str]) -> None:
    """Keep that a colleague looked at an entry today, as `check_organisation` does.

    Args:
        slug: the entry's.
        by: the name or e-mail of a caseworker or manager, who then stands in the entry's history.
        details: those that were looked at; none named means all that the entry has.

    Raises:
        ValidationError: there is no such entry, it is retired or has nothing to look at, or no one colleague is meant.
    """
    checker = _colleague(by)
    with acting_as(checker.pk):
        entry = Organisation.objects.filter(slug=slug).first()
        if entry is None:
            raise ValidationError(_("There is no organisation called “%(slug)s”.") % {"slug": slug})
        present = [name for name in DETAILS if getattr(entry, name)]
        if missing := [name for name in details if name not in present]:
            raise ValidationError(_("The entry has no %(details)s.") % {"details": ", ".join(missing)})
        if not present:
            raise ValidationError(_("The entry has nothing to look at."))
        looked_at, version = list(details) or present, entry.version
        try:
            check_organisation(organisation=entry, key=uuid7(), version=version, details=looked_at, by=checker)
        except StaleEdit as error:
            raise ValidationError(_("A colleague changed the entry a moment ago. Look at it again.")) from error


def _colleague(by: str) -> User:
    """The one caseworker or manager of this name or e-mail."""
    named = Q(name__iexact=by.strip()) | Q(sign_in_name=by.strip().lower())
    found = list(User.objects.filter(named, is_active=True, role__in=CASEWORK)[:2])
    if len(found) != 1:
        raise ValidationError(
            _("An organisation is checked by one caseworker or manager, and “%(by)s” does not name one. Use an e-mail.")
            % {"by": by}
        )
    return found[0]
