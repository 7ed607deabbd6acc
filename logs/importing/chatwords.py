"""What WhatsApp itself writes into a chat, in English and in the languages of the service.

Its wording changes with the phone's language and version. Where an invisible mark, angle brackets or the name of a file
tell the app's own words from a person's, that decides; wording alone only where nothing else can.
"""

import re
from dataclasses import dataclass

LEFT_TO_RIGHT = "\u200e"

_DELETED = re.compile(
    r"(this message (was|has been) deleted( by admin .{1,80})?|you deleted this message( as admin)?"
    r"|waiting for this message"
    r"|ta wiadomość została usunięta|usunięto tę wiadomość|usun(ąłeś|ęłaś|ąłeś\(-aś\)) tę wiadomość"
    r"|(esta|essa) mensagem foi (apagada|eliminada)|mensagem (apagada|eliminada)"
    r"|(você apagou|apagaste|apagou|eliminou|eliminaste) esta mensagem"
    r"|acest mesaj a fost șters|(ați|ai) șters acest mesaj|mesaj șters"
    r"|ši žinutė (buvo )?ištrinta|(jūs )?ištrynėte šią žinutę|šis pranešimas (buvo )?ištrintas|žinutė ištrinta)\.?",
    re.IGNORECASE,
)  # fmt: skip
_EDITED = re.compile(
    r"\s*\u200e?<\u200e?(?=[^<>\n]*(edit|edyt|redag|zmienion|modific))"
    r"(?=[^<>\n]*(message|wiadomo|mensagem|mesaj|žinut|pranešim))[^<>\n]{5,60}>\s*$",
    re.IGNORECASE,
)  # fmt: skip
_OMITTED = re.compile(
    r"(omitted|pominięt[oaey]|ocult[oa]s?|ocultad[oa]s?|omitid[oa]s?|não revelad[oa]s?|omis[ăe]?|praleist[aio]s?"
    r"|neįtraukt[aio]s?|nepridėt[aio]s?)",
    re.IGNORECASE,
)  # fmt: skip
_TAIL = re.compile(r"\u200e([^\u200e<>:\n]{1,60})\Z")
_PLAIN_OMITTED = re.compile(
    r"(image|video|audio|gif|sticker|document|contact card|video note) omitted", re.IGNORECASE
)  # fmt: skip
_ATTACHED = re.compile(
    r"(file attached|attached|plik dołączony|plik załączony|załączono plik|załączono|arquivo anexado|ficheiro anexado"
    r"|anexado|anexo|fișier atașat|atașat|pridėtas failas|failas pridėtas|pridėta|priedas)",
    re.IGNORECASE,
)  # fmt: skip
_IN_BRACKETS = re.compile(r"(\u200e?)<\u200e?([^<>:\n]{3,24}): ?([^<>\n]{1,200}\.\w{1,5})>")
_IN_FRONT = re.compile(r"\u200e?(.{1,200}\.\w{1,5}) \(([^()\n]{3,40})\)")
_APP_NAME = re.compile(r"(IMG|VID|AUD|PTT|STK|DOC|PHOTO|VIDEO|AUDIO|STICKER|GIF)-\d{8}-WA\d{4}\.\w+|\d{8}-[A-Z]+-.*")
_CALL = re.compile(
    r"(?P<missed>missed (group )?(voice|video) call|nieodebrane połączenie (głosowe|wideo)"
    r"|(chamada|ligação) de (voz|vídeo) perdida|apel (vocal|video) (pierdut|nepreluat)"
    r"|praleistas (balso|vaizdo) skambutis)|((silenced )?(voice|video) call)(?=$|,)",
    re.IGNORECASE,
)  # fmt: skip
_ENCRYPTION = re.compile(
    r"end-to-end encrypt|szyfrowan|criptografia de ponta|encripta\w+ ponto a ponto|criptat\w* (integral|de la un capăt)"
    r"|ištisin\w+ šifrav|užšifruot",
    re.IGNORECASE,
)  # fmt: skip
_SYSTEM = re.compile(
    r"changed (the |their |this |to )|created (the |this )?(group|community)|\badded\b|\bremoved\b|\bleft\b|\bjoined\b"
    r"|security code|is a contact|turned (on|off)|pinned a message|started a call|blocked this contact|now an admin"
    r"|utworzy|doda[łl]|opuści|zmieni|usunięt|dołączy|criou|adicion|saiu|mudou|alterou|removeu|entrou|a creat|a adăugat"
    r"|a ieșit|a schimbat|a părăsit|s-a alăturat|sukūrė|pridėjo|išėjo|pakeitė|prisijung",
    re.IGNORECASE,
)  # fmt: skip
# In a line without a name, a colon may stand in a title: 'Anna changed the subject from "A: b" to "C"'.
_TITLE = re.compile(
    r"[^:]{1,80} (changed the (subject|group name|group description)|created group|added you to) ?.{0,20}[\"“„'‘]"
    r"|[^:]{1,80} (zmienił|mudou|alterou|a schimbat|pakeitė)\w* .{0,40}[\"“„«]",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A message's text with the app's own words taken out.

    Args:
        text: what the person wrote.
        marks: what the app says of it.
        names: attachments, by the names it gives them.
        is_call: whether it stands for a call.
    """

    text: str
    marks: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    is_call: bool = False


def is_notice(text: str) -> bool:
    """Whether what follows the time is a notice with a colon in it, not a name and a message."""
    return bool(_TITLE.match(text))


def notice_code(text: str) -> str:
    """Which notice of the app it is: `encryption` or `system`."""
    return "encryption" if _ENCRYPTION.search(text) else "system"


def is_sent_by_the_app(text: str) -> bool:
    """Whether a line with a name is a notice all the same: an iPhone writes them so, behind an invisible mark."""
    if not text.startswith(LEFT_TO_RIGHT) or len(text) > 400 or "<" in text[:3]:
        return False
    return not (_CALL.search(text) or _OMITTED.search(text) or _DELETED.search(text)) and bool(
        _ENCRYPTION.search(text) or _SYSTEM.search(text)
    )


def understand(text: str, known_names: frozenset[str] = frozenset()) -> Said:
    """Take the app's own words out of a message.

    Args:
        text: the message, lines joined.
        known_names: the files beside the chat in its ZIP.
    """
    bare = text.strip().strip(LEFT_TO_RIGHT).strip().replace("ş", "ș").replace("ţ", "ț")
    if len(bare) <= 120 and _DELETED.fullmatch(bare):
        return Said(bare, frozenset({"deleted"}))
    call = call_of(bare)
    if call is not None and text.strip().startswith(LEFT_TO_RIGHT):
        return call
    if _is_omitted(text.strip(), bare):
        return Said("", frozenset({"media_omitted"}))
    tail = _TAIL.search(text.rstrip())
    if tail and _OMITTED.search(tail[1]):
        # "letter.pdf • 3 pages document omitted": its name is kept.
        return Said(text[: tail.start()].replace(LEFT_TO_RIGHT, "").strip(), frozenset({"media_omitted"}))
    text, edited = _EDITED.subn("", text)
    text, names = _attachments(text, known_names)
    return Said(text.strip(LEFT_TO_RIGHT + "\n"), frozenset({"edited"} if edited else ()), names)


def call_of(text: str) -> Said | None:
    """A call that was missed or made, as the app notes it; None when it is none."""
    found = _CALL.match(text.strip(LEFT_TO_RIGHT + " "))
    if not found or len(text) > 120:
        return None
    return Said(text.replace(LEFT_TO_RIGHT, ""), frozenset({"missed"} if found["missed"] else ()), is_call=True)


def _is_omitted(text: str, bare: str) -> bool:
    if len(bare) > 160 or "\n" in bare:
        return False
    if _PLAIN_OMITTED.fullmatch(bare):
        return True
    is_marked = text.startswith(LEFT_TO_RIGHT) or (bare.startswith("<") and bare.endswith(">"))
    return is_marked and ":" not in bare and bool(_OMITTED.search(bare))


def _attachments(text: str, known_names: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    names = []

    def take(found: re.Match[str]) -> str:
        mark, word, name = found.groups()
        if not (mark or _ATTACHED.fullmatch(word) or _APP_NAME.fullmatch(name) or name in known_names):
            return found[0]
        names.append(name)
        return ""

    if "<" in text:
        text = _IN_BRACKETS.sub(take, text)
    first, _, rest = text.partition("\n")
    found = _IN_FRONT.fullmatch(first.strip()) if first.rstrip().endswith(")") else None
    if found and (_ATTACHED.fullmatch(found[2]) or _APP_NAME.fullmatch(found[1]) or found[1] in known_names):
        names.append(found[1])
        text = rest
    return text, tuple(names)
