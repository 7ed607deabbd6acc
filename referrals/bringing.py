"""What this room brings to the others as it loads: jobs, kinds on the timeline, seed files. One function a part."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cases.streams import Group, RoomStream, bring
from jobs.kinds import Kind, register
from reference.loading import confirm_with, load_also

SEED = Path(__file__).with_name("seed")


def restorative() -> None:
    """Restorative justice: its moves, what ends a sign-off, and what ends with the victim's agreement."""
    from cases.actions import on_withdrawal
    from referrals import restoring
    from referrals.actions.restorative import end_with_consent
    from referrals.models import RestorativeMove

    restoring.ends_sign_off(restoring.new_entry)
    restoring.ends_sign_off(restoring.new_flag)
    restoring.ends_sign_off(restoring.made_unsafe)
    on_withdrawal(end_with_consent)
    bring(
        RoomStream(
            "restorative",
            _("Restorative justice"),
            lambda case, user: RestorativeMove.objects.visible_to(user).filter(case=case),
            "referrals/restorative/_moment.html",
            related=("by",),
        )
    )


def support() -> None:
    """Support, its sessions, and its catalogue."""
    from referrals.models import EpisodeMove, SupportService, SupportSession, SupportSubcode

    register(Kind("support_due", "referrals.working.support_due", as_itself=True))
    bring(
        RoomStream(
            "support",
            _("Support"),
            lambda case, user: EpisodeMove.objects.visible_to(user).filter(case=case),
            "referrals/support/_move_moment.html",
            related=("by", "episode__service"),
        )
    )
    bring(
        RoomStream(
            "session",
            _("Support sessions"),
            lambda case, user: SupportSession.objects.visible_to(user).filter(case=case),
            "referrals/support/_session_moment.html",
            related=("worker", "episode__service"),
        )
    )
    load_also(SEED / "support.toml", "support_service", SupportService, ("code",))
    load_also(SEED / "support_work.toml", "support_work", SupportSubcode, ("code",))


def onward() -> None:
    """Onward referrals: their jobs, their steps, the page behind their links, and their end with an agreement."""
    from cases.actions.consenting import on_withdrawal
    from cases.actions.sharing import hold_back, shown_by
    from referrals.actions.onward_partner import is_held_back
    from referrals.actions.onward_seen import REFERRAL
    from referrals.actions.onward_working import end_with_consent
    from referrals.onward_facts import onward_moments
    from referrals.views.onward_partner import partner_page

    for name in ("look_at_referrals", "chase_referral", "remind_partner", "referral_answered"):
        register(Kind(name, f"referrals.actions.onward_working.{name}", as_itself=True))
    moment, related = "referrals/onward/_moment.html", ("referral__organisation", "by")
    bring(RoomStream("referral", _("Onward referrals"), onward_moments, moment, related=related))
    hold_back(REFERRAL, is_held_back)
    shown_by(REFERRAL, partner_page)
    on_withdrawal(end_with_consent)


def signposts() -> None:
    """What a victim was told of, and how an entry of the directory is confirmed."""
    from referrals.confirming import confirm_organisation
    from referrals.models import Signpost

    confirm_with("organisation", confirm_organisation)
    bring(
        RoomStream(
            "signpost",
            _("Signposts"),
            lambda case, user: Signpost.objects.visible_to(user).filter(case=case),
            "referrals/_signpost_moment.html",
            related=("by", "organisation", "back"),
        )
    )


def letters() -> None:
    """Letters, and how they left."""
    from cases.actions.consenting import on_withdrawal
    from referrals.letters.working import letters_under
    from referrals.models import Letter, LetterGiven, LetterTemplate

    on_withdrawal(letters_under)
    register(Kind("letter", "referrals.letters.working.make_letter"))
    bring(
        RoomStream(
            "letter",
            _("Letters"),
            lambda case, user: Letter.objects.visible_to(user).filter(case=case),
            "referrals/letters/_letter_moment.html",
            related=("by", "template"),
            group=Group.PAPERS,
        )
    )
    bring(
        RoomStream(
            "letter_given",
            _("Letters handed over or posted"),
            lambda case, user: LetterGiven.objects.visible_to(user).filter(case=case),
            "referrals/letters/_given_moment.html",
            related=("by", "letter__template"),
            group=Group.PAPERS,
        )
    )
    load_also(SEED / "letters.toml", "letter", LetterTemplate, ("key", "version"))


def equipment() -> None:
    """Requests and loans."""
    from referrals.models import AlarmLoanStep, AlarmRequest

    for name in ("alarm_asked", "alarm_danger", "alarm_due", "alarm_found", "alarm_found_on"):
        register(Kind(name, f"referrals.equipment_working.{name}", as_itself=True))
    bring(
        RoomStream(
            "equipment",
            _("Equipment"),
            lambda case, user: AlarmLoanStep.objects.visible_to(user).filter(case=case),
            "referrals/equipment/_moment.html",
            related=("by", "loan__alarm"),
        )
    )
    bring(
        RoomStream(
            "equipment_asked",
            _("Requests for equipment"),
            lambda case, user: AlarmRequest.objects.visible_to(user).filter(case=case),
            "referrals/equipment/_asked_moment.html",
            related=("by",),
        )
    )
