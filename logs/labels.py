"""Words on the form of an entry: kinds of evidence to tick, and what the same boxes are called for staff."""

from django.utils.translation import gettext_lazy

EVIDENCE_KINDS = (
    ("photo", gettext_lazy("Photo")),
    ("screenshot", gettext_lazy("Screenshot")),
    ("video", gettext_lazy("Video or sound recording")),
    ("messages", gettext_lazy("Messages or call list")),
    ("letter", gettext_lazy("Letter, card or gift")),
    ("witness", gettext_lazy("Somebody saw or heard it")),
    ("other", gettext_lazy("Something else")),
)
STAFF_LABELS = {
    "learned_on": gettext_lazy("If the victim found out on a later day: which day?"),
    "what_happened": gettext_lazy("What happened, in the victim’s words"),
    "police_contacted": gettext_lazy("Police contacted?"),
    "impact": gettext_lazy("Impact"),
    "changes_made": gettext_lazy("Changes made as a result"),
    "impact_on_others": gettext_lazy("Impact on children or others"),
    "behaviours": gettext_lazy("Behaviours"),
    "helped_by": gettext_lazy("How did the victim tell you, and who helped?"),
    "never_disclose": gettext_lazy("Never disclose"),
}
STAFF_HINTS = {
    "what_happened": gettext_lazy("In the victim’s own words, as they tell it."),
    "helped_by": gettext_lazy("Such as “by phone, read back to them” or “with an interpreter”."),
    "never_disclose": gettext_lazy("Ticked parts are left out of every bundle. The entry keeps them."),
}
