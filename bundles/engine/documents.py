"""What a bundle says of the pages of a document, on the page before them."""

from collections.abc import Mapping, Sequence
from typing import Any

from logs.making.telling import ENGLISH, MOST_RUNS, kept_details, removed_in_words, runs, shortfalls_in_words

# What is stamped on every page of a document's copy.
VIEW, REPAIRED = "View copy", "Repaired view"
RESTRICTED = (
    "The original asks not to be printed or changed; this copy was made all the same. The original stays as it is."
)
OPENED = "The original is locked with a password. This copy was made with the password; the original stays locked."


def details_of(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What `logs.cleaning.clean` told of a document, as a copy made at arrival keeps it."""
    notes = {"mended": cleaned["is_mended"], "restricted": cleaned["is_restricted"]}
    return {name: value for name, value in (notes | kept_details(cleaned)).items() if value}


def follows(pages: int, *, is_mended: bool, is_whole: bool, what: str = "document") -> str:
    """What comes on the next pages, and of what; nothing where none do."""
    if not pages:
        return ""
    counted = "The next page shows" if pages == 1 else f"The next {pages} pages show"
    if is_mended:
        return f"Repaired view. The file is damaged. {counted} what could be read of it, as a viewing copy."
    return f"{counted} this {what}{' whole' if is_whole else ''}, as a viewing copy."


def pictured(pages: Sequence[int], total: int) -> str:
    """Which pages of a document are shown as pictures because something of them was hidden.

    Args:
        pages: their numbers, from 1.
        total: how many pages the document has.
    """
    count = len(pages)
    if not count:
        return ""
    if count == total:
        which = "The page is" if count == 1 else "All of them are"
    elif count == 1:
        which = f"Page {pages[0]} of the document is"
    else:
        numbers = runs(pages)
        are_few = numbers.count(",") < MOST_RUNS
        which = f"Pages {numbers} of the document are" if are_few else f"{count} pages of the document are"
    shown = "shown as a picture" if count == 1 else "shown as pictures"
    return f"{which} {shown}, because part of {'it' if count == 1 else 'each'} was cut off or hidden in the original."


def beside(details: Mapping[str, Any]) -> list[str]:
    """What is not in the copy, and in what else it falls short, a sentence each."""
    said = [RESTRICTED] if details.get("restricted") else []
    said += [OPENED] if details.get("opened") else []
    said += shortfalls_in_words(details, ENGLISH)
    return [*said, *removed_in_words(details.get("removed", {}), ENGLISH)]
