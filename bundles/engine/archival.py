"""Whether a finished file may be called PDF/A-3b, and what makes it one. No claim is better than a false one.

Looked at is what pages of ours and of strangers have failed in: fonts that are not in the file, colour without a
profile, annotations that are not printed, actions, headings out of order; and what the standard forbids outright. Pages
from outside decide: where one of them fails, nothing is claimed. Source: ISO 19005-3, 6.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from bundles.engine.lined import lines_of

LEVEL = "PDF/A-3b"
MOST_DRAWING = 8 * 1024 * 1024  # of one page: what is longer is not looked at, and nothing is claimed
PRINTED, NEVER = 4, 1 | 2 | 32 | 256  # flags of an annotation: printed; invisible, hidden, not to be viewed
KNOWN_ANNOTATIONS = {"/Link", "/Widget"}
ALLOWED_ACTIONS = {"/GoTo", "/URI"}
DEVICE = {"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/Lab", "/ICCBased", "/Pattern", "/G", "/RGB"}
INKS = re.compile(rb"[\d.]\s+[kK](?![A-Za-z0-9'*])|/DeviceCMYK|/CMYK\b")
HEADING = re.compile(r"/H([1-6])")
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@lru_cache(maxsize=1)
def colour_profile() -> bytes:
    """The profile of sRGB, the same each time: its date of making is set to a fixed one."""
    from PIL import ImageCms  # whoever only looks a file over needs none

    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + bytes([7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]) + made[36:]


def claim(pdf: pikepdf.Pdf, made_at: str) -> None:
    """Write what makes a file without faults a PDF/A-3b: the profile of its colours, and its own word for it.

    Args:
        pdf: the file, whole.
        made_at: as its description has it, `D:20260601093000Z`.
    """
    profile = pikepdf.Stream(pdf, colour_profile(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    at = datetime.strptime(made_at, "D:%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    text = XMP.format(title=str(pdf.docinfo.get("/Title", "Document")), at=f"{at:%Y-%m-%dT%H:%M:%SZ}")
    described = pikepdf.Stream(pdf, text.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = pdf.make_indirect(described)
    pdf.Root.AF = Array([spec.obj for spec in pdf.attachments.values()])


def noted(listed: bytes, found: Sequence[str]) -> bytes:
    """The list that goes inside, with what is claimed of the file, or why nothing is."""
    told = json.loads(listed) | {"archival": {"claims": "" if found else LEVEL, "faults": list(found)}}
    return lines_of(told).encode()


def faults(pdf: pikepdf.Pdf) -> list[str]:
    """Why a file that claims it is no PDF/A-3b, as codes; empty for one that is."""
    found = set(page_faults(pdf))
    intents: Any = pdf.Root.get("/OutputIntents", [])
    if not any(each.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in each for each in intents):
        found.add("output_intent")
    text = pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b""
    if b"<pdfaid:part>3<" not in text or b"<pdfaid:conformance>B<" not in text:
        found.add("identifier")
    return sorted(found)


def page_faults(pdf: pikepdf.Pdf, pages: Iterable[pikepdf.Page] | None = None) -> list[str]:
    """What no claim can put right: faults of the pages and of the file around them, as codes.

    Args:
        pdf: the file.
        pages: those of its pages that nothing is known of yet; otherwise all.
    """
    return sorted({*_document_faults(pdf), *_Pages().faults(pdf.pages if pages is None else pages)})


def _document_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if pdf.is_encrypted:
        yield "encryption"
    names: Any = root.get("/Names", {})
    opening: Any = root.get("/OpenAction", [])
    if "/AA" in root or "/JavaScript" in names or (isinstance(opening, Dictionary) and _is_forbidden(opening)):
        yield "actions"
    if "/OCProperties" in root or "/XFA" in root.get("/AcroForm", {}):
        yield "layers"
    if "/StructTreeRoot" in root and not _headings_in_order(root.StructTreeRoot):
        yield "headings"


def _is_forbidden(action: Any) -> bool:
    return action.get("/S") not in ALLOWED_ACTIONS or "/Next" in action


def _headings_in_order(tree: Any) -> bool:
    """The first is of the first level, and none skips one."""
    level, waiting, seen = 0, [tree], set[tuple[int, int]]()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen) if node.is_indirect else None
        if found := HEADING.fullmatch(str(node.get("/S", ""))):
            if int(found[1]) > level + 1:
                return False
            level = int(found[1])
        below: Any = node.get("/K", [])
        waiting += reversed(list(below)) if isinstance(below, Array) else [below]
    return True


class _Pages:
    """A walk over everything that is drawn, each thing once however many pages share it."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, int]] = set()
        self.drawn: set[tuple[int, int]] = set()
        self.told: set[bytes] = set()

    def faults(self, pages: Iterable[pikepdf.Page]) -> Iterator[str]:
        for page in pages:
            if "/AA" in page.obj:
                yield "actions"
            for annotation in page.obj.get("/Annots", ()):
                yield from self._annotation(annotation)
            yield from self._resources(page.obj.Resources if "/Resources" in page.obj else page.resources)
            contents: Any = page.obj.get("/Contents", [])
            for stream in contents if isinstance(contents, Array) else [contents]:
                if stream.objgen not in self.drawn:
                    self.drawn.add(stream.objgen)
                    yield from self._drawing(stream)

    def _is_new(self, thing: Any) -> bool:
        if not thing.is_indirect:
            return True
        is_new = thing.objgen not in self.seen
        self.seen.add(thing.objgen)
        return is_new

    def _annotation(self, annotation: Any) -> Iterator[str]:
        flags = int(annotation.get("/F", 0))
        if annotation.get("/Subtype") not in KNOWN_ANNOTATIONS or not flags & PRINTED or flags & NEVER:
            yield "annotations"
        action = annotation.get("/A")
        if "/AA" in annotation or (action is not None and _is_forbidden(action)):
            yield "actions"

    def _resources(self, resources: Any) -> Iterator[str]:
        told = resources.unparse(resolved=True) if isinstance(resources, Dictionary) else b""
        if told in self.told:  # most pages name what the page before them names
            return
        self.told.add(told)
        if not all(_is_embedded(font) for font in self._new(resources, "/Font")):
            yield "fonts"
        if not all(_is_known_colour(space) for space in resources.get("/ColorSpace", {}).values()):
            yield "colour"
        if any(_changes_ink(state) for state in resources.get("/ExtGState", {}).values()):
            yield "states"
        for kind in ("/XObject", "/Pattern"):
            for thing in self._new(resources, kind):
                if isinstance(thing, pikepdf.Stream):
                    yield from self._object(thing)

    def _new(self, resources: Any, kind: str) -> list[Any]:
        return [thing for thing in resources.get(kind, {}).values() if self._is_new(thing)]

    def _object(self, thing: Any) -> Iterator[str]:
        if any(key in thing for key in ("/OPI", "/PS", "/Ref")) or thing.get("/Subtype") == "/PS":
            yield "objects"
        if thing.get("/Subtype") == "/Image":
            yield from self._picture(thing)
            return
        yield from self._drawing(thing)
        yield from self._resources(thing.get("/Resources", {}))

    def _picture(self, picture: Any) -> Iterator[str]:
        filters = picture.get("/Filter", Name.None_)
        if "/JPXDecode" in ([str(each) for each in filters] if isinstance(filters, Array) else [str(filters)]):
            yield "pictures"
        if picture.get("/Interpolate", False) or "/Alternates" in picture:
            yield "pictures"
        if "/ColorSpace" in picture and not _is_known_colour(picture.ColorSpace):
            yield "colour"
        if "/SMask" in picture and self._is_new(picture.SMask):
            yield from self._picture(picture.SMask)

    def _drawing(self, stream: Any) -> Iterator[str]:
        if not isinstance(stream, pikepdf.Stream):
            return
        if int(stream.get("/Length", 0)) > MOST_DRAWING:
            yield "too_long"
        elif _has_inks(stream.read_bytes()):
            yield "colour"


def _has_inks(drawing: bytes) -> bool:
    """Whether ink colours are set. Most drawings have none of their letters, which is seen a hundred times sooner."""
    return any(letter in drawing for letter in (b"k", b"K")) and INKS.search(drawing) is not None


def _is_embedded(font: Any) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    below = font.get("/DescendantFonts")
    described = (below[0] if below is not None else font).get("/FontDescriptor", {})
    return any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _changes_ink(state: Any) -> bool:
    return "/TR" in state or "/HTP" in state or state.get("/TR2", Name.Default) != Name.Default


def _is_known_colour(space: Any) -> bool:
    """Grey, red-green-blue or of a profile; of inks only what a profile stands for."""
    if isinstance(space, Name):
        return str(space) in DEVICE
    family = str(space[0])
    if family in {"/Indexed", "/I"}:
        return _is_known_colour(space[1])
    if family in {"/Separation", "/DeviceN"}:
        return _is_known_colour(space[2])
    if family == "/Pattern":
        return len(space) == 1 or _is_known_colour(space[1])
    return family in DEVICE
