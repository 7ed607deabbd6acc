"""What a PDF carries beside its pages, counted by kind: so that nothing goes from a copy without a word.

Runs in the child process. Everything in the file is looked at, whether a page shows it or not.
"""

from collections import Counter
from typing import Any

import pikepdf
from pikepdf import Name

DEEPEST = 50
MARKUP = {
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Redact", "/Watermark", "/Projection",
}  # fmt: skip
PLAYED = {"/Screen", "/Movie", "/Sound", "/RichMedia", "/3D"}
ANNOTATIONS = {**dict.fromkeys(MARKUP, "comment"), **dict.fromkeys(PLAYED, "media")} | {
    "/Link": "link", "/Widget": "field"
}  # fmt: skip
SCRIPT = "/JavaScript"
# Where a link leads is the link itself; what else happens by itself or at a press is an action.
LEADING = {"/URI", "/GoTo"}
ACTIONS = {
    "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Named", "/GoToR", "/GoToE", "/Sound", "/Movie", "/Hide",
    "/Rendition", "/Thread", "/Trans", "/GoTo3DView", "/SetOCGState", "/RichMediaExecute",
}  # fmt: skip
# The kinds in the order in which they are named to people.
KINDS = ("script", "action", "link", "attachment", "field", "comment", "media", "signature", "form_program", "about")


def carried(source: pikepdf.Pdf) -> dict[str, int]:
    """How much of each kind is in a document; a kind of which there is none is not named.

    Args:
        source: the document, before anything of it was taken out or drawn into its pages.
    """
    found: Counter[str] = Counter()
    for thing in source.objects:
        _look(thing, found)
    if "/AcroForm" in source.Root and "/XFA" in source.Root.AcroForm:
        found["form_program"] += 1
    found["action"] += _beginning(source)
    found["about"] += bool(source.trailer.get("/Info"))
    return {kind: found[kind] for kind in KINDS if found[kind]}


def _beginning(source: pikepdf.Pdf) -> int:
    """What happens when the document is opened, unless it is a script, which is counted where it is found."""
    begun: Any = source.Root.get("/OpenAction")
    return int(isinstance(begun, pikepdf.Dictionary) and str(begun.get("/S", "")) in LEADING)


def _look(thing: Any, found: Counter[str], depth: int = 0) -> None:
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for kind in _kinds(thing):
            found[kind] += 1
        children = [thing[key] for key in thing.keys()]  # noqa: SIM118
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    else:
        return
    for child in children if depth < DEEPEST else ():
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _look(child, found, depth + 1)


def _kinds(thing: Any) -> list[str]:
    kinds = []
    if "/Rect" in thing and (annotation := ANNOTATIONS.get(str(thing.get("/Subtype", "")))):
        kinds.append(annotation)
    acts = str(thing.get("/S", ""))
    if acts == SCRIPT and "/JS" in thing:
        kinds.append("script")
    if acts in ACTIONS and thing.get("/Type", Name.Action) == Name.Action:
        kinds.append("action")
    if "/AA" in thing and isinstance(thing.AA, pikepdf.Dictionary):
        kinds.extend("action" for act in thing.AA.values() if _leads(act))
    if "/EF" in thing:
        kinds.append("attachment")
    if thing.get("/FT") == Name.Sig and "/V" in thing:
        kinds.append("signature")
    if thing.get("/Type") == Name.Metadata:
        kinds.append("about")
    return kinds


def _leads(act: Any) -> bool:
    """Whether this happens by itself and leads somewhere: an address is told that the page was opened."""
    return isinstance(act, pikepdf.Dictionary) and str(act.get("/S", "")) in LEADING
