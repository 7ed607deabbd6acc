"""Choosing again, from what was chosen for a bundle."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.redacting import carry_redactions
from bundles.choosing.again import choice_again
from bundles.choosing.drafting import Choice
from bundles.models import Bundle, BundleDraft


def choose_again(*, bundle: Bundle, by: User) -> BundleDraft:
    """A new choice with everything that was chosen for a bundle, and what was taken out of it by hand. Audited.

    One that this person began from the same bundle, and has not used, is gone on with: what is found in several places
    is mended in one new bundle.
    """
    with transaction.atomic():
        rows = Bundle.objects.visible_to(by).select_for_update(of=("self",)).select_related("case__victim")
        bundle = rows.get(pk=bundle.pk)
        for draft in BundleDraft.objects.visible_to(by).unfinished(by, bundle.case):
            if Choice.of(draft).again_of == str(bundle.pk):
                return draft
        content = choice_again(bundle, by).as_text()
        draft = BundleDraft(case_id=bundle.case_id, user=by, content=content, changed_at=timezone.now())
        draft.save(force_insert=True)
        carry_redactions(before=bundle.pk, after=draft.pk, by=by)
        detail = {"again_of": str(bundle.pk)}
        record(Action.BUNDLE_DRAFTED, target=draft, case_ids=[bundle.case_id], detail=detail)
    return draft
