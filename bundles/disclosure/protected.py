"""What a case knows of addresses, numbers and names, and what its workers have protected: as terms to look for."""

import re
from collections.abc import Iterable, Iterator

from accounts.models import User
from bundles.disclosure.near_forms import ALWAYS
from bundles.disclosure.terms import Term
from bundles.models import Bundle, BundleTerm, Shown
from cases.models import Allocation, Case, CaseGrant, Professional, ProtectedTerm, SafeContact, Victim

ON_THE_COVER = frozenset({Shown.THIRD_PARTIES, Shown.STAFF_SURNAMES, Shown.WORKPLACE, Shown.SCHOOL})
LEAST_DIGITS = 9


# A term's id has room for forty letters where the gate keeps it.
def known_terms(case: Case, by: User) -> list[Term]:
    """What stands on the case already: her addresses and numbers, our people on it, and professionals elsewhere.

    Her own name is none of them, nor the name of the person doing this: a bundle is about both.
    """
    found = [*_hers(case.victim), *_safe_contact(case), *_professionals(case, by), *_staff(case, by)]
    return list({(term.kind, term.words.casefold()): term for term in reversed(found) if term.words.strip()}.values())[
        ::-1
    ]


def typed_terms(case: Case, by: User) -> list[Term]:
    """What workers have protected and nobody has ended."""
    rows = ProtectedTerm.objects.current().visible_to(by).filter(case=case).order_by("added_at", "id")
    return [Term(str(row.pk), row.kind, row.words, row.with_first_name, row.in_any_case) for row in rows]


def case_terms(case: Case, by: User) -> list[Term]:
    """All that is protected on a case today."""
    return [*typed_terms(case, by), *known_terms(case, by)]


def freeze_terms(bundle: Bundle, by: User) -> None:
    """Keep today's terms with a bundle that is being asked for. Who gets it, and who asked, are named on its cover."""
    terms = [*case_terms(bundle.case, by), *_names([by], "a")]
    kept = [term for term in terms if not _is_told(term, bundle)]
    BundleTerm.objects.bulk_create(
        BundleTerm(
            bundle=bundle, case_id=bundle.case_id, name=term.id, kind=term.kind, words=term.words,
            with_first_name=term.with_first_name, in_any_case=term.in_any_case,
        )
        for term in kept
    )  # fmt: skip
    bundle.has_terms = True
    bundle.save(update_fields=["has_terms"])


def have_terms(bundle: Bundle, by: User) -> None:
    """Keep today's terms with a bundle that was asked for before they were kept, and is to be made only now.

    Without this it would be made by the terms of whatever day it is made on. That it has none is kept too: nothing may
    have been known of the case, or all of it stands on the cover.
    """
    if not bundle.has_terms:
        freeze_terms(bundle, by)


def bundle_terms(bundle: Bundle) -> tuple[Term, ...]:
    """The terms a bundle was asked for with, whoever makes it now: who asked may have left the case since."""
    if bundle.asked_by_id is None:  # her own copy, of which nothing is withheld
        return ()
    rows = bundle.terms.order_by("pk")
    return tuple(Term(row.name, row.kind, row.words, row.with_first_name, row.in_any_case) for row in rows)


def terms_to_look_for(bundle: Bundle, by: User) -> tuple[Term, ...]:
    """What must not be in a finished bundle: what was withheld from it, and what has been protected since."""
    ours = {term.id for term in _staff(bundle.case, by)}  # who came to the case since is in no earlier bundle
    today = [term for term in case_terms(bundle.case, by) if term.id not in ours and not _is_told(term, bundle)]
    all_terms = {(term.kind, term.words): term for term in (*today, *bundle_terms(bundle))}
    hidden = {str(kind) for kind in Shown if kind not in bundle.shown}
    if not bundle.is_hers:
        hidden.add(ALWAYS)
    return tuple(term for term in all_terms.values() if term.kind in hidden)


def _is_told(term: Term, bundle: Bundle) -> bool:
    """Whether it stands on the cover because somebody ticked it: whom it is for, the officer, the producer, a number.

    What a cover says, the texts need not keep silent about.
    """
    cover = " ".join((bundle.recipient_name, bundle.officer, bundle.producer, bundle.ring)).casefold()
    if term.kind == Shown.PHONES:
        number = re.sub(r"\D", "", term.words)
        return len(number) >= LEAST_DIGITS and number in re.sub(r"\D", "", bundle.ring)
    words = re.escape(term.words.casefold())
    return term.kind in ON_THE_COVER and bool(re.search(rf"(?<!\w){words}(?!\w)", cover))


def _hers(victim: Victim) -> Iterator[Term]:
    yield Term("victim:address", Shown.ADDRESSES, victim.address)
    yield Term("victim:phone", Shown.PHONES, victim.phone)
    yield Term("victim:email", Shown.PHONES, victim.email)


def _safe_contact(case: Case) -> Iterator[Term]:
    """Numbers of every version: one that is no longer safe is still hers."""
    rows = SafeContact.objects.filter(victim_id=case.victim_id).order_by("version")
    for phone, email, version in rows.values_list("phone", "email", "version"):
        yield Term(f"safe_contact:{version}:phone", Shown.PHONES, phone)
        yield Term(f"safe_contact:{version}:email", Shown.PHONES, email)


def _professionals(case: Case, by: User) -> Iterator[Term]:
    for row in Professional.objects.visible_to(by).filter(case=case).order_by("pk"):
        yield Term(f"p{row.pk.hex}", Shown.THIRD_PARTIES, row.name)
        yield Term(f"p{row.pk.hex}:phone", Shown.PHONES, row.phone)
        yield Term(f"p{row.pk.hex}:email", Shown.PHONES, row.email)
        if row.kind == Professional.Kind.EMPLOYER:  # nobody said which of the two it is
            yield Term(f"p{row.pk.hex}:work", Shown.WORKPLACE, row.organisation)
            yield Term(f"p{row.pk.hex}:study", Shown.SCHOOL, row.organisation)


def _staff(case: Case, by: User) -> Iterator[Term]:
    workers = Allocation.objects.visible_to(by).filter(case=case).values("worker_id")
    readers = CaseGrant.objects.visible_to(by).filter(case=case).values("person_id")
    yield from _names(User.objects.filter(pk__in=workers).union(User.objects.filter(pk__in=readers)), "s")


def _names(people: Iterable[User], what: str) -> Iterator[Term]:
    """Surnames alone: a first name says nothing of who they are."""
    for user in people:
        if len(words := user.name.split()) > 1:
            yield Term(f"{what}{user.pk.hex}", Shown.STAFF_SURNAMES, words[-1])
