"""What a list says of an entry: her words, or what there is instead of words. The latter is never stored as hers."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logs.models import Incident
from nsvcs.days import day_words

RECORDINGS = ("audio/", "video/")


def line_of(incident: Incident) -> str:
    """Her words; for an entry that is only a photo or a recording, what was added and when.

    Without `with_counts()` the kinds of files are not known, and it only says that there are some.
    """
    if incident.what_happened or not incident.recorded_at:
        return incident.what_happened
    added = day_words(timezone.localtime(incident.recorded_at))
    return _files_in_words(getattr(incident, "media_types", ()), added)


def _files_in_words(media_types: Sequence[str], added: str) -> str:
    if not media_types:
        return _("No words, added %(day)s") % {"day": added}
    count = len(media_types)
    said = {"n": count, "day": added}
    if all(each.startswith("image/") for each in media_types):
        return ngettext("Photo, added %(day)s", "%(n)s photos, added %(day)s", count) % said
    if all(each.startswith(RECORDINGS) for each in media_types):
        return ngettext("Recording, added %(day)s", "%(n)s recordings, added %(day)s", count) % said
    return ngettext("File, added %(day)s", "%(n)s files, added %(day)s", count) % said
