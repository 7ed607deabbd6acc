"""What WhatsApp itself writes into a chat: in English, the languages of the service, and others often met here.

Its wording changes with the phone's language and version. Where an invisible mark, angle brackets or the name of a file
tell the app's own words from a person's, that decides; wording alone only where nothing else can.
"""

import re
from dataclasses import dataclass

LEFT_TO_RIGHT = "\u200e"


def _any(*patterns: str) -> re.Pattern[str]:
    """One of these; a line for each group of languages."""
    return re.compile("|".join(patterns), re.IGNORECASE)


_DELETED = re.compile(
    r"(this message (was|has been) deleted( by admin .{1,80})?|you deleted this message( as admin)?"
    r"|waiting for this message"
    r"|ta wiadomość została usunięta|usunięto tę wiadomość|usun(ąłeś|ęłaś|ąłeś\(-aś\)) tę wiadomość"
    r"|(esta|essa) mensagem foi (apagada|eliminada)|mensagem (apagada|eliminada)"
    r"|(você apagou|apagaste|apagou|eliminou|eliminaste) esta mensagem"
    r"|acest mesaj a fost șters|(ați|ai) șters acest mesaj|mesaj șters"
    r"|ši žinutė (buvo )?ištrinta|(jūs )?ištrynėte šią žinutę|šis pranešimas (buvo )?ištrintas|žinutė ištrinta"
    r"|(تم|جرى) حذف هذه الرسالة( بواسطة .{1,80})?|(لقد |أنت )?(حذفت|قمت بحذف) هذه الرسالة"
    r"|diese nachricht wurde gelöscht|(du hast|sie haben) diese nachricht gelöscht"
    r"|ce message a été supprimé|(vous avez|tu as) supprimé ce message"
    r"|se (eliminó|ha eliminado) este mensaje|este mensaje fue eliminado|(eliminaste|has eliminado) este mensaje"
    r"|questo messaggio è stato eliminato|hai eliminato questo messaggio"
    r"|dit bericht (is|werd) verwijderd|(u hebt|je hebt|u heeft) dit bericht verwijderd"
    r"|(данное |это )?сообщение (было )?удалено|вы удалили (данное|это) сообщение"
    r"|(це )?повідомлення (було )?видалено|ви видалили це повідомлення"
    r"|това съобщение (бе|беше) изтрито|(вие )?изтрихте това съобщение"
    r"|bu mesaj silindi|bu mesajı sildiniz"
    r"|ez az üzenet törölve lett|(ezt az üzenetet törölték|törölte?d? ezt az üzenetet)"
    r"|tato zpráva byla (smazána|odstraněna)|tuto zprávu jste (smazali|odstranili)"
    r"|táto správa bola (vymazaná|odstránená)|túto správu ste (vymazali|odstránili)"
    r"|šī ziņa (tika|ir) (dzēsta|izdzēsta)|ky mesazh u fshi)[.。]?",
    re.IGNORECASE,
)  # fmt: skip
_EDITED = re.compile(
    r"\s*\u200e?<\u200e?(?=[^<>\n]*(edit|edyt|redag|zmienion|modific|modifi|bearbeit|bewerkt|измен|редакт|змінен|відредаг"
    r"|düzenlen|szerkeszt|uprav|تعديل|تحرير|rediģ))"
    r"(?=[^<>\n]*(message|wiadomo|mensage|mesaj|žinut|pranešim|nachricht|mensaje|messaggio|bericht|сообщени|повідомленн"
    r"|съобщени|üzenet|zpráv|správ|ziņ|رسالة))[^<>\n]{5,60}>\s*$",
    re.IGNORECASE,
)  # fmt: skip
_OMITTED = _any(
    r"omitted|pominięt[oaey]|ocult[oa]s?|ocultad[oa]s?|omitid[oa]s?|não revelad[oa]s?|omis[ăe]?|praleist[aio]s?",
    r"neįtraukt[aio]s?|nepridėt[aio]s?|تم استبعاد|مستبعد|weggelassen|ausgeschlossen|absente?s?|omise?s?",
    r"omess[oaie]|weggelaten|без медиафайлов|отсутству|пропущен|без медіафайлів|без мултимеди|пропуснат",
    r"dahil edilmedi|hiányzó|kihagyva|vynechán|izlaist",
)
_TAIL = re.compile(r"\u200e([^\u200e<>:\n]{1,60})\Z")
_PLAIN_OMITTED = re.compile(
    r"(image|video|audio|gif|sticker|document|contact card|video note) omitted", re.IGNORECASE
)  # fmt: skip
_ATTACHED = _any(
    r"file attached|attached|plik dołączony|plik załączony|załączono plik|załączono|arquivo anexado|ficheiro anexado",
    r"anexado|anexo|fișier atașat|atașat|pridėtas failas|failas pridėtas|pridėta|priedas|(ال)?ملف مرفق|مرفق",
    r"datei angehängt|anhang|angehängt|fichier joint|pièce jointe|archivo adjunto|adjunto|file allegato|allegato",
    r"bestand bijgevoegd|bijgevoegd|bijlage|файл (добавлен|прикреплен|прикреплён)|прикреплено|файл (додано|долучено)",
    r"долучено|прикачен файл|прикачено|dosya ekli|eklendi|fájl csatolva|csatolva|csatolt fájl|soubor přiložen",
    r"přiloženo|fails pievienots|pievienots",
)
_IN_BRACKETS = re.compile(r"(\u200e?)<\u200e?([^<>:\n]{3,24}): ?([^<>\n]{1,200}\.\w{1,5})>")
_IN_FRONT = re.compile(r"\u200e?(.{1,200}\.\w{1,5}) \(([^()\n]{3,40})\)")
_APP_NAME = re.compile(r"(IMG|VID|AUD|PTT|STK|DOC|PHOTO|VIDEO|AUDIO|STICKER|GIF)-\d{8}-WA\d{4}\.\w+|\d{8}-[A-Z]+-.*")
_MISSED = (
    r"missed (group )?(voice|video) call|nieodebrane połączenie (głosowe|wideo)"
    r"|(chamada|ligação) de (voz|vídeo) perdida|apel (vocal|video) (pierdut|nepreluat)"
    r"|praleistas (balso|vaizdo) skambutis|مكالمة (صوتية |فيديو |جماعية )*(فائتة|لم يُرد عليها|لم يرد عليها)"
    r"|verpasster? (sprach|video|gruppen)anruf|appel (vocal|vidéo|audio)( de groupe)? manqué"
    r"|(video)?llamada (de voz |de vídeo |de video |grupal )?perdida|(video)?chiamata (vocale |di gruppo )?persa"
    r"|gemiste (spraak|video|audio|groeps)[ -]?oproep|пропущенный (групповой )?(аудио|видео)звонок"
    r"|пропущений (голосовий |груповий )?(аудіо|відео)?(дзвінок|виклик)|пропуснато (гласово |видео |групово )?обаждане"
    r"|cevapsız (sesli|görüntülü) arama|nem fogadott (hang|videó|video)hívás|zmeškaný (hlasový hovor|videohovor)"
)
_MADE = (
    r"(silenced )?(voice|video) call|połączenie (głosowe|wideo)|(chamada|ligação) de (voz|vídeo)|apel (vocal|video)"
    r"|(balso|vaizdo) skambutis|مكالمة (صوتية|فيديو)|(sprach|video)anruf|appel (vocal|vidéo|audio)|videollamada"
    r"|llamada de voz|chiamata vocale|videochiamata|(spraak|video|audio)[ -]?oproep|(аудио|видео)звонок"
    r"|(голосовий|відео) ?дзвінок|(sesli|görüntülü) arama|(hang|videó)hívás|hlasový hovor|videohovor"
)
_CALL = re.compile(rf"(?P<missed>{_MISSED})|({_MADE})(?=$|[,،.])", re.IGNORECASE)
_ENCRYPTION = _any(
    r"end-to-end encrypt|szyfrowan|criptografia de ponta|encripta\w+ ponto a ponto|criptat\w* integral",
    r"criptat\w* de la un capăt|ištisin\w+ šifrav|užšifruot|مشف[ّ]?رة|التشفير|ende-zu-ende",
    r"de bout en bout|de extremo a extremo|crittografi",
    r"end-to-end|сквозн\w+ шифров|наскрізн\w+ шифрув|шифрован\w* от край до край|uçtan uca şifre|végpontok k",
    r"koncov\w+ šifrov|pilnīgi šifrē",
)
_SYSTEM = _any(
    r"changed (the |their |this |to )|created (the |this )?(group|community)|\badded\b|\bremoved\b|\bleft\b|\bjoined\b",
    r"security code|is a contact|turned (on|off)|pinned a message|started a call|blocked this contact|now an admin",
    r"utworzy|doda[łl]|opuści|zmieni|usunięt|dołączy|criou|adicion|saiu|mudou|alterou|removeu|entrou|a creat|a adăugat",
    r"a ieșit|a schimbat|a părăsit|s-a alăturat|sukūrė|pridėjo|išėjo|pakeitė|prisijung",
    r"أنشأ|أضاف|غادر|غيّر|غير |أزال|انضم|تغيّر رمز|رمز الأمان|حظر",
    r"hinzugefügt|entfernt|erstellt|geändert|verlassen|beigetreten|sicherheitsnummer|blockiert",
    r"\ba (créé|ajouté|retiré|quitté|changé|modifié|rejoint)|code de sécurité|bloqué",
    r"creó|añadió|agregó|salió del|cambió|se unió|código de seguridad",
    r"\bha (creato|aggiunto|rimosso|abbandonato|cambiato)",
    r"codice di sicurezza|toegevoegd|aangemaakt|gewijzigd|verwijderd|beveiligingscode",
    r"создал|добавил|удалил|покинул|изменил|присоединил|код безопасности|створи|додав|додала|залиши|зміни|приєдна",
    r"създаде|добави|премахна|напусна|промени|oluşturdu|ekledi|çıkardı|ayrıldı|değiştirdi|katıldı|güvenlik kodu",
    r"létrehozta|hozzáadta|kilépett|megváltoztatta|biztonsági kód|vytvořil|přidal|odstranil|opustil|změnil",
)
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
        if not (mark or _ATTACHED.fullmatch(word.strip()) or _APP_NAME.fullmatch(name) or name in known_names):
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
