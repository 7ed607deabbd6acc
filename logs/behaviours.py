"""What stalkers do, as codes with plain words: the booklet's behaviours first, then the rest of the list."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

s_ = gettext_lazy  # for staff: by another name, so that it is in no catalogue of hers


class Group(TextChoices):
    """The headings behaviours are listed under."""

    CONTACT = "contact", _("Contact")
    PRESENCE = "presence", _("Turning up")
    SURVEILLANCE = "surveillance", _("Watching")
    INTRUSION = "intrusion", _("Home and belongings")
    CYBER = "cyber", _("Online and devices")
    THREAT = "threat", _("Threats and violence")
    SYSTEMS = "systems", _("Using the authorities")
    PROXY = "proxy", _("Other people and orders")


class RedFlag(TextChoices):
    """Whether a behaviour by itself asks for a look on the same day."""

    NO = "no", _("No")
    FROM_EX_PARTNER = "from_ex_partner", _("When it comes from an ex-partner or partner")
    ALWAYS = "always", _("Always")


@dataclass(frozen=True)
class Behaviour:
    """One kind of behaviour.

    Args:
        code: what is stored; never reused for something else.
        group: the heading it stands under.
        portal_label: plain words for the person it happened to, after "They …".
        staff_label: the term of the field.
        red_flag: whether it raises a same-day alert.
        in_booklet: whether the service's own booklet names it.
    """

    code: str
    group: Group
    portal_label: Promise
    staff_label: Promise
    red_flag: RedFlag = RedFlag.NO
    in_booklet: bool = False


def _booklet(code: str, group: Group, portal: Promise, staff: Promise, flag: RedFlag = RedFlag.NO) -> Behaviour:
    return Behaviour(code, group, portal, staff, in_booklet=True, red_flag=flag)


_ALWAYS, _IF_EX = RedFlag.ALWAYS, RedFlag.FROM_EX_PARTNER

BOOKLET = (
    _booklet("CALLS", Group.CONTACT, _("rang you"), s_("Phone calls")),
    _booklet("TEXTS", Group.CONTACT, _("sent you texts"), s_("Text messages")),
    _booklet("LETTERS", Group.CONTACT, _("sent you letters or cards"), s_("Letters")),
    _booklet("GIFTS", Group.CONTACT, _("sent or left you gifts"), s_("Unwanted gifts")),
    _booklet("LOITER_HOME", Group.PRESENCE, _("hung around your home"), s_("Loitering near home")),
    _booklet(
        "LOITER_WORK",
        Group.PRESENCE,
        _("hung around where you work or study"),
        s_("Loitering near work or study"),
    ),
    _booklet(
        "LOITER_VENUE",
        Group.PRESENCE,
        _("hung around somewhere else you go, such as the gym"),
        s_("Loitering near other places visited"),
    ),
    _booklet("WATCHING", Group.SURVEILLANCE, _("watched or spied on you"), s_("Watching or spying")),
    _booklet(
        "INFO_GATHERING",
        Group.SURVEILLANCE,
        _("asked other people or searched online about you"),
        s_("Gathering information"),
    ),
    _booklet(
        "RECORDS_SEARCH",
        Group.SURVEILLANCE,
        _("looked you up in public or private records"),
        s_("Searching records"),
    ),
    _booklet(
        "BEFRIENDING",
        Group.SURVEILLANCE,
        _("made friends with people you know"),
        s_("Befriending friends, family or colleagues"),
    ),
    _booklet("BREAK_IN_HOME", Group.INTRUSION, _("broke into your home"), s_("Break-in, home"), _ALWAYS),
    _booklet("BREAK_IN_CAR", Group.INTRUSION, _("broke into your car"), s_("Break-in, vehicle"), _ALWAYS),
)

OTHERS = (
    Behaviour("EMAIL", Group.CONTACT, _("emailed you"), s_("Emails")),
    Behaviour("VOICEMAIL", Group.CONTACT, _("left you voice messages"), s_("Voicemail")),
    Behaviour("SOCIAL_DM", Group.CONTACT, _("messaged you on social media or an app"), s_("Direct messages")),
    Behaviour(
        "VIA_THIRD_PARTY",
        Group.CONTACT,
        _("got someone else to contact you"),
        s_("Contact through a third party"),
    ),
    Behaviour(
        "VIA_CHILDREN",
        Group.CONTACT,
        _("contacted you through your children"),
        s_("Contact through children"),
        _ALWAYS,
    ),
    Behaviour(
        "PAYMENT_REFERENCE",
        Group.CONTACT,
        _("wrote to you in bank payments"),
        s_("Messages in payment references"),
    ),
    Behaviour("FOLLOWING", Group.PRESENCE, _("followed you"), s_("Following")),
    Behaviour("APPROACH", Group.PRESENCE, _("came up to you"), s_("Approaching")),
    Behaviour("DRIVE_BY", Group.PRESENCE, _("drove past your home or work"), s_("Driving past")),
    Behaviour("MOVED_NEARBY", Group.PRESENCE, _("moved to live near you"), s_("Moved nearby")),
    Behaviour("TURNED_UP_ON_TRIP", Group.PRESENCE, _("turned up when you were away"), s_("Turned up on a trip")),
    Behaviour(
        "PRIVATE_INVESTIGATOR",
        Group.SURVEILLANCE,
        _("paid someone to find out about you"),
        s_("Private investigator"),
    ),
    Behaviour("DRONE_CAMERA", Group.SURVEILLANCE, _("used a camera or drone to see you"), s_("Camera or drone")),
    Behaviour("DAMAGE", Group.INTRUSION, _("damaged something of yours"), s_("Criminal damage")),
    Behaviour("THEFT", Group.INTRUSION, _("took something of yours"), s_("Theft")),
    Behaviour("ITEM_MOVED_OR_LEFT", Group.INTRUSION, _("moved things or left things behind"), s_("Item moved or left")),
    Behaviour("PET_HARM", Group.INTRUSION, _("hurt or took your pet"), s_("Harm to a pet")),
    Behaviour(
        "UNWANTED_ORDERS",
        Group.INTRUSION,
        _("ordered or cancelled things in your name"),
        s_("Goods sent or cancelled"),
    ),
    Behaviour("ACCOUNT_ACCESS", Group.CYBER, _("got into your accounts"), s_("Account access")),
    Behaviour("SPYWARE", Group.CYBER, _("put spying software on your phone or computer"), s_("Spyware"), _ALWAYS),
    Behaviour("TRACKER_TAG", Group.CYBER, _("hid a tracking tag on you or your things"), s_("Tracking tag"), _ALWAYS),
    Behaviour("VEHICLE_TRACKER", Group.CYBER, _("put a tracker on your car"), s_("Vehicle tracker"), _ALWAYS),
    Behaviour("FAKE_PROFILE", Group.CYBER, _("made up a profile to reach you"), s_("Fake profile")),
    Behaviour("IMPERSONATION", Group.CYBER, _("pretended to be you"), s_("Impersonation of the victim")),
    Behaviour("DOXXING", Group.CYBER, _("put your details online"), s_("Publishing personal details")),
    Behaviour("IMAGE_ABUSE", Group.CYBER, _("shared private pictures of you"), s_("Intimate image abuse")),
    Behaviour("DEEPFAKE", Group.CYBER, _("made fake pictures or videos of you"), s_("Deepfake")),
    Behaviour("SMART_HOME_ABUSE", Group.CYBER, _("used smart devices in your home"), s_("Smart home abuse")),
    Behaviour(
        "SHARED_ACCOUNT_MONITOR",
        Group.CYBER,
        _("watched you through a shared account"),
        s_("Shared account monitoring"),
    ),
    Behaviour("SPOOFED_NUMBERS", Group.CYBER, _("used hidden or false numbers"), s_("Spoofed or withheld numbers")),
    Behaviour("ONLINE_POSTS", Group.CYBER, _("wrote about you online"), s_("Posts about the victim")),
    Behaviour("THREAT_HARM", Group.THREAT, _("threatened to hurt you or someone else"), s_("Threat to harm"), _IF_EX),
    Behaviour("THREAT_KILL", Group.THREAT, _("threatened to kill you or someone else"), s_("Threat to kill"), _ALWAYS),
    Behaviour("THREAT_SUICIDE", Group.THREAT, _("threatened to take their own life"), s_("Threat of suicide"), _ALWAYS),
    Behaviour(
        "THREAT_IMAGES",
        Group.THREAT,
        _("threatened to share private pictures"),
        s_("Threat to share images"),
        _IF_EX,
    ),
    Behaviour("ASSAULT", Group.THREAT, _("hit, pushed or hurt you"), s_("Assault"), _IF_EX),
    Behaviour(
        "STRANGULATION",
        Group.THREAT,
        _("put hands or something round your neck, or stopped you breathing"),
        s_("Non-fatal strangulation"),
        _ALWAYS,
    ),
    Behaviour("SEXUAL", Group.THREAT, _("did something sexual you did not want"), s_("Sexual offence"), _IF_EX),
    Behaviour("WEAPON", Group.THREAT, _("had or used a weapon"), s_("Weapon"), _ALWAYS),
    Behaviour("ARSON", Group.THREAT, _("set fire to something"), s_("Arson"), _IF_EX),
    Behaviour("FALSE_REPORT", Group.SYSTEMS, _("reported you for things you had not done"), s_("False reports")),
    Behaviour("VEXATIOUS_COURT", Group.SYSTEMS, _("kept taking you to court"), s_("Vexatious court action")),
    Behaviour("WORKPLACE_CONTACT", Group.SYSTEMS, _("contacted your work or school"), s_("Contacting employer")),
    Behaviour("COMPLAINTS", Group.SYSTEMS, _("made complaints about you"), s_("Repeated complaints")),
    Behaviour(
        "THIRD_PARTY_HARASSED",
        Group.PROXY,
        _("bothered your family, friends or people at work"),
        s_("Third party harassed"),
    ),
    Behaviour("RECRUITS_OTHERS", Group.PROXY, _("got other people to join in"), s_("Recruiting others")),
    Behaviour(
        "BREACH_BAIL",
        Group.PROXY,
        _("went against their bail conditions"),
        s_("Alleged breach of bail"),
        _ALWAYS,
    ),
    Behaviour("BREACH_ORDER", Group.PROXY, _("went against a court order"), s_("Alleged breach of an order"), _ALWAYS),
)

BEHAVIOURS = BOOKLET + OTHERS
BY_CODE = {behaviour.code: behaviour for behaviour in BEHAVIOURS}


def choices(*, for_staff: bool = False) -> list[tuple[str, Promise]]:
    """Code and label of every behaviour, the booklet's first, for a form."""
    return [(each.code, each.staff_label if for_staff else each.portal_label) for each in BEHAVIOURS]


def grouped_choices(*, for_staff: bool = False) -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """The same under the headings of `Group`, the booklet's first within each."""
    pairs = choices(for_staff=for_staff)
    return [(group.label, [pair for pair in pairs if BY_CODE[pair[0]].group == group]) for group in Group]


def red_flags(codes: Iterable[str], *, is_ex_or_partner: bool) -> list[Behaviour]:
    """The behaviours among these codes that ask for a look on the same day, in the order of the list.

    Args:
        codes: codes of an entry; codes this version does not know are passed over.
        is_ex_or_partner: whether the person who did it is a partner or was one, which makes more of them red flags.
    """
    raised = {RedFlag.ALWAYS, RedFlag.FROM_EX_PARTNER} if is_ex_or_partner else {RedFlag.ALWAYS}
    wanted = set(codes)
    return [each for each in BEHAVIOURS if each.code in wanted and each.red_flag in raised]
