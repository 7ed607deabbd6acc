"""The languages that people speak here, by the words both sides of a case read."""

from django.utils.translation import gettext_lazy as _

LANGUAGES = [
    ("en", _("English")), ("pl", _("Polish")), ("lt", _("Lithuanian")), ("pt", _("Portuguese")),
    ("ro", _("Romanian")), ("ru", _("Russian")), ("uk", _("Ukrainian")), ("bg", _("Bulgarian")),
    ("lv", _("Latvian")), ("ku", _("Kurdish")), ("tr", _("Turkish")), ("tet", _("Tetum")), ("zh", _("Chinese")),
    ("bn", _("Bengali")), ("ar", _("Arabic")), ("bfi", _("British Sign Language")), ("und", _("Another, see notes")),
]  # fmt: skip
SIGNED = frozenset({"bfi"})  # spoken with hands: nothing is written in it
