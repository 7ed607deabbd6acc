"""Who did and who saw what. Rows go in through a definer function and never change; a job seals them in chains."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from nsvcs.statements import Statement

KEPT = "as long as the case it speaks of; holds no content"


class Action(models.TextChoices):
    """Everything that is recorded; `verb` part last, so that a list reads like sentences."""

    CASE_OPENED = "case.opened", _("opened the case")
    CASE_LISTED = "case.listed", _("saw the case in a list")
    CASE_FOUND = "case.found", _("saw the case in a search")
    CASE_CREATED = "case.created", _("created the case")
    CASE_CHANGED = "case.changed", _("changed the case")
    CASE_CLOSED = "case.closed", _("closed the case")
    CASE_REOPENED = "case.reopened", _("reopened the case")
    CASE_ALLOCATED = "case.allocated", _("allocated the case")
    CASE_GRANTED = "case.granted", _("gave access to the case")
    CASE_WALLED = "case.walled", _("shut somebody out of the case")
    VICTIM_CHANGED = "victim.changed", _("changed the victim's details")
    PERPETRATOR_ADDED = "perpetrator.added", _("added a perpetrator")
    PERPETRATOR_CHANGED = "perpetrator.changed", _("changed a perpetrator's details")
    PROFESSIONAL_ADDED = "professional.added", _("added a professional")
    PROFESSIONAL_CHANGED = "professional.changed", _("changed a professional's details")
    SAFE_CONTACT_SET = "safe_contact.set", _("recorded how to make contact safely")
    CONTACT_RECORDED = "contact.recorded", _("recorded a contact")
    CONTACT_PLANNED = "contact.planned", _("said when the next contact will be")
    CONSENT_GIVEN = "consent.given", _("recorded what the victim agreed to")
    CONSENT_WITHDRAWN = "consent.withdrawn", _("recorded that an agreement was withdrawn")
    RESTORATIVE_OPENED = "restorative.opened", _("opened restorative justice")
    RESTORATIVE_MOVED = "restorative.moved", _("moved restorative justice on or back")
    RESTORATIVE_ENDED = "restorative.ended", _("ended restorative justice")
    RESTORATIVE_SIGN_OFF_ASKED = "restorative.sign_off_asked", _("asked a manager to sign off restorative justice")
    RESTORATIVE_SIGN_OFF_ANSWERED = "restorative.sign_off_answered", _("answered a request to sign off")
    NOTE_ADDED = "note.added", _("added a note")
    TASK_ADDED = "task.added", _("added a task")
    TASK_FINISHED = "task.finished", _("finished a task")
    TASK_UNFINISHED = "task.unfinished", _("took a task up again")
    PORTAL_GIVEN = "portal.given", _("gave a sign-in code for the portal")
    PORTAL_CLAIMED = "portal.claimed", _("used a sign-in code")
    PORTAL_ENDED = "portal.ended", _("ended the portal account")
    PORTAL_PREVIEWED = "portal.previewed", _("looked at the portal as the victim sees it")
    ENTRY_RECORDED = "entry.recorded", _("recorded an entry")
    ENTRY_AMENDED = "entry.amended", _("added a note to an entry")
    ENTRY_WITHDRAWN = "entry.withdrawn", _("withdrew an entry")
    ENTRY_TRANSLATED = "entry.translated", _("added a translation to an entry")
    PATTERNS_SHOWN = "patterns.shown", _("showed or hid the patterns in the portal")
    ENTRY_OPENED = "entry.opened", _("opened an entry")
    ENTRY_READ = "entry.read", _("marked an entry as read")
    ENTRIES_LISTED = "entry.listed", _("saw the log")
    EVIDENCE_ARRIVED = "evidence.arrived", _("added a file")
    EVIDENCE_REFUSED = "evidence.refused", _("was refused a file")
    EVIDENCE_OPENED = "evidence.opened", _("opened a file's page")
    EVIDENCE_SCANNED = "evidence.scanned", _("had a file checked for viruses")
    EVIDENCE_QUARANTINED = "evidence.quarantined", _("kept a file apart")
    EVIDENCE_CHANGED = "evidence.changed", _("found a file missing or changed")
    EVIDENCE_LOCKED = "evidence.locked", _("locked a file")
    EVIDENCE_UNLOCKED = "evidence.unlocked", _("unlocked a file")
    SECOND_LOOK_ASKED = "evidence.second_look", _("asked for another virus scan of a file")
    LOCKS_LISTED = "evidence.locks_listed", _("saw the list of locked files")
    EVIDENCE_VIEWED = "evidence.viewed", _("looked at a viewing copy")
    EVIDENCE_DOWNLOADED = "evidence.downloaded", _("downloaded an original")
    EVIDENCE_PLACE = "evidence.place", _("asked where a file was made")
    EVIDENCE_DESCRIBED = "evidence.described", _("said what a file shows")
    EVIDENCE_HEARD = "evidence.heard", _("typed what is said in a recording")
    EVIDENCE_PASSWORD = "evidence.password", _("gave the password of a file")  # pragma: allowlist secret
    COPY_MADE = "copy.made", _("made a viewing copy")
    IMPORT_STARTED = "import.started", _("kept a file of many messages")
    IMPORT_CHANGED = "import.changed", _("changed how a file is read")
    IMPORT_VIEWED = "import.viewed", _("looked at what a file holds")
    IMPORT_BROUGHT = "import.brought", _("brought messages from a file into the log")
    IMPORT_UNDONE = "import.undone", _("undid what was brought in from a file")
    BUNDLE_DRAFTED = "bundle.drafted", _("began to choose a bundle")
    BUNDLE_DRAFT_DISCARDED = "bundle.draft_discarded", _("threw a choice for a bundle away")
    BUNDLE_ASKED = "bundle.asked", _("asked for a bundle")
    BUNDLE_BUILT = "bundle.built", _("built a bundle")
    BUNDLE_FAILED = "bundle.failed", _("could not build a bundle")
    BUNDLE_CANCELLED = "bundle.cancelled", _("cancelled a bundle")
    BUNDLE_VIEWED = "bundle.viewed", _("looked at a bundle's page")
    BUNDLE_APPROVED = "bundle.approved", _("approved a bundle")
    BUNDLE_STAMPED_AGAIN = "bundle.stamped_again", _("stamped a bundle once more, beside it")
    BUNDLE_CHECKED = "bundle.checked", _("had a bundle checked before it may leave")
    BUNDLE_FALSE_ALARM = "bundle.false_alarm", _("called a find in a bundle a false alarm")
    BUNDLE_PAGE_VIEWED = "bundle.page_viewed", _("looked at a page of a bundle")
    BUNDLE_APPROVED_TWICE = "bundle.approved_twice", _("approved a bundle as the second person")
    BUNDLE_RECALLED = "bundle.recalled", _("recalled a bundle")
    BUNDLE_SENT = "bundle.sent", _("sent a bundle out")
    BUNDLE_RECEIPT = "bundle.receipt", _("noted that a bundle came")
    BUNDLE_DOWNLOADED = "bundle.downloaded", _("downloaded a bundle")
    SHARE_LINK_MADE = "share_link.made", _("made a link with a passcode")
    SHARE_LINK_OPENED = "share_link.opened", _("opened a link with its passcode")
    SHARE_LINK_ANSWERED = "share_link.answered", _("answered at a link with a passcode")
    SHARE_LINK_REFUSED = "share_link.refused", _("was refused at a link with a passcode")
    SHARE_LINK_ENDED = "share_link.ended", _("ended a link with a passcode")
    SUPPORT_OFFERED = "support.offered", _("offered support")
    SUPPORT_MOVED = "support.moved", _("moved support on")
    SUPPORT_AIMED = "support.aimed", _("changed the goal of support")
    SUPPORT_REVIEWED = "support.reviewed", _("kept scores of support")
    SESSION_RECORDED = "session.recorded", _("recorded a support session")
    SESSION_CORRECTED = "session.corrected", _("corrected a support session")
    LETTER_ASKED = "letter.asked", _("asked for a letter")
    LETTER_MADE = "letter.made", _("made a letter")
    LETTER_TAKEN = "letter.taken", _("downloaded a letter")
    LETTER_GIVEN = "letter.given", _("recorded that a letter left")
    KEPT_APART_SEEN = "session.kept_apart_seen", _("saw emotional-support notes")
    REFERRAL_MADE = "referral.made", _("made a referral")
    REFERRAL_CHANGED = "referral.changed", _("changed a referral before it was sent")
    REFERRAL_ASKED = "referral.asked", _("asked to share without consent")
    REFERRAL_DECIDED = "referral.decided", _("decided about sharing without consent")
    REFERRAL_SENT = "referral.sent", _("sent a referral")
    REFERRAL_CHASED = "referral.chased", _("asked after the answer to a referral")
    REFERRAL_ANSWERED = "referral.answered", _("recorded the answer to a referral")
    REFERRAL_WITHDRAWN = "referral.withdrawn", _("withdrew a referral")
    REFERRAL_COMPLETED = "referral.completed", _("completed a referral")
    TERM_PROTECTED = "term.protected", _("protected a word")
    TERM_ENDED = "term.ended", _("ended the protection of a word")
    REDACTION_ADDED = "redaction.added", _("took something out of a bundle")
    REDACTION_REMOVED = "redaction.removed", _("put something back into a bundle")
    REDACTION_SEEN = "redaction.seen", _("saw a page with what is taken out of it")
    OWN_COPY_ASKED = "own_copy.asked", _("asked for a copy of their own notes")
    OWN_COPY_MADE = "own_copy.made", _("made a copy of somebody's own notes")
    OWN_COPY_FAILED = "own_copy.failed", _("could not make a copy of somebody's own notes")
    OWN_COPY_TAKEN = "own_copy.taken", _("downloaded a copy of their own notes")
    EQUIPMENT_ADDED = "equipment.added", _("added a unit of equipment")
    EQUIPMENT_CHANGED = "equipment.changed", _("changed a unit of equipment")
    EQUIPMENT_MOVED = "equipment.moved", _("moved a unit of equipment to another state")
    EQUIPMENT_TESTED = "equipment.tested", _("tested a unit of equipment")
    EQUIPMENT_ASKED = "equipment.asked", _("asked to borrow something")
    EQUIPMENT_ANSWERED = "equipment.answered", _("answered a request to borrow something")
    EQUIPMENT_SEEN = "equipment.seen", _("looked at what they asked to borrow")
    EQUIPMENT_RESERVED = "equipment.reserved", _("reserved a unit of equipment")
    EQUIPMENT_ISSUED = "equipment.issued", _("gave out a unit of equipment")
    EQUIPMENT_RENEWED = "equipment.renewed", _("let a unit of equipment stay longer")
    EQUIPMENT_ENDED = "equipment.ended", _("ended a loan of equipment")
    EQUIPMENT_RECEIPT = "equipment.receipt", _("printed a receipt for equipment")
    REPORT_SEEN = "report.seen", _("saw a report")
    THREAD_OPENED = "thread.opened", _("saw the messages of the portal")
    THREAD_WRITTEN = "thread.written", _("wrote a message in the portal")
    THREAD_READ = "thread.read", _("marked messages of the portal as read")
    MESSAGE_SENT = "message.sent", _("sent a message")
    MESSAGE_HELD = "message.held", _("held a message back")
    ACCOUNT_INVITED = "account.invited", _("invited a colleague")
    ACCOUNT_CHANGED = "account.changed", _("changed an account")
    ACCOUNT_ENDED = "account.ended", _("ended an account's access")
    ACCOUNT_LEAVE = "account.leave", _("recorded leave")
    TEAM_CHANGED = "team.changed", _("changed a team")
    SIGNED_IN = "account.signed_in", _("signed in")
    SIGNED_OUT = "account.signed_out", _("signed out")
    SIGN_IN_FAILED = "account.sign_in_failed", _("failed to sign in")
    OFFLINE_ON = "offline.on", _("turned on writing without signal on a phone")
    OFFLINE_OFF = "offline.off", _("turned off writing without signal on a phone")
    SESSIONS_ENDED = "account.sessions_ended", _("signed out elsewhere")
    FACTOR_ADDED = "factor.added", _("added a sign-in factor")
    FACTOR_REMOVED = "factor.removed", _("removed a sign-in factor")
    FACTOR_RESET = "factor.reset", _("reset a colleague's factors")
    PASSWORD_CHANGED = "password.changed", _("changed a password")
    DIRECTORY_ADDED = "directory.added", _("added an entry to the directory")
    DIRECTORY_CHECKED = "directory.checked", _("checked an entry of the directory")
    DIRECTORY_CHANGED = "directory.changed", _("changed an entry of the directory")
    DIRECTORY_RETIRED = "directory.retired", _("retired an entry of the directory")
    DIRECTORY_RETURNED = "directory.returned", _("brought an entry of the directory back")
    SIGNPOST_TOLD = "signpost.told", _("told the victim of a service")
    SIGNPOST_TAKEN_BACK = "signpost.taken_back", _("took back that the victim was told of a service")
    SIGNPOST_OUTCOME = "signpost.outcome", _("recorded whether a service helped")
    SIGNPOST_READ = "signpost.read", _("saw what they were told of")
    DENIED = "page.denied", _("was refused a page")


class Event(models.Model):
    """One thing done or seen. No foreign keys: erasing a record leaves the trail. Never free text, never an address."""

    statement = Statement("closed", ("actor_id", "target_id", "case_ids"), KEPT)

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=40)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    case_ids = ArrayField(models.UUIDField())
    stream = models.CharField(max_length=50)
    place = models.CharField(max_length=10)
    detail = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["stream", "id"], name="audit_event_stream"),
            models.Index(fields=["actor_id", "id"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.id}"


class Unsealed(models.Model):
    """Events that no seal covers yet: the sealing job's list."""

    statement = Statement("closed", (), "until sealed, within a minute")

    event_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "audit_unsealed"

    def __str__(self) -> str:
        return str(self.event_id)


class Seal(models.Model):
    """One link of a stream's chain: SHA-256 over the link before and the event's canonical text."""

    statement = Statement("closed", (), KEPT)

    event_id = models.BigIntegerField(primary_key=True)
    stream = models.CharField(max_length=50)
    sequence = models.BigIntegerField()
    previous = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "sequence"], name="audit_seal_place")]

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence}"


class Digest(models.Model):
    """One day's heads of all streams that moved, signed, and written outside the database too."""

    statement = Statement("closed", (), KEPT)

    day = models.DateField(primary_key=True)
    heads = models.JSONField()
    signature = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)
