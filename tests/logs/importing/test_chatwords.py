"""The app's own words in a chat, in the languages of the service and in others often met here; people's are theirs."""

import pytest

from logs.importing.chatwords import call_of, is_sent_by_the_app, notice_code, understand

DELETED = """
This message was deleted|Ta wiadomość została usunięta|Esta mensagem foi apagada|Acest mesaj a fost șters
Ši žinutė buvo ištrinta|تم حذف هذه الرسالة|أنت حذفت هذه الرسالة|Diese Nachricht wurde gelöscht.
Ce message a été supprimé|Vous avez supprimé ce message|Se eliminó este mensaje.|Eliminaste este mensaje.
Questo messaggio è stato eliminato|Dit bericht is verwijderd|Данное сообщение удалено|Вы удалили данное сообщение
Це повідомлення було видалено|Това съобщение бе изтрито|Bu mesaj silindi|Törölted ezt az üzenetet
Tato zpráva byla smazána
"""
EDITED = """
This message was edited|Ši žinutė redaguota|Ta wiadomość została edytowana|Esta mensagem foi editada
Acest mesaj a fost editat|تم تعديل هذه الرسالة|Diese Nachricht wurde bearbeitet.|Ce message a été modifié
Se editó este mensaje.|Questo messaggio è stato modificato|Dit bericht is bewerkt|Сообщение изменено
Це повідомлення відредаговано|Bu mesaj düzenlendi|Tato zpráva byla upravena
"""
OMITTED = """
<Media omitted>|<Medien ausgeschlossen>|<Médias omis>|<Multimedia omitido>|<Media omessi>|<Media weggelaten>
<Без медиафайлов>|<Medya dahil edilmedi>|<تم استبعاد الوسائط>|\u200eBild weggelassen|\u200eimagen omitida
\u200eimage absente|\u200eimmagine omessa
"""
ATTACHED = """
a.jpg (file attached)|a.jpg (Datei angehängt)|a.jpg (fichier joint)|a.jpg (archivo adjunto)|a.jpg (file allegato)
a.jpg (файл добавлен)|a.jpg (dosya ekli)|a.jpg (الملف مرفق)|<pièce jointe : a.jpg>|<Anhang: a.jpg>|<attached: a.jpg>
a.jpg (failas pridėtas)|a.jpg (plik dołączony)|a.jpg (ficheiro anexado)|a.jpg (fișier atașat)
"""
MISSED = """
Missed voice call|Praleistas balso skambutis|Nieodebrane połączenie głosowe|Chamada de voz perdida|Apel vocal pierdut
مكالمة صوتية فائتة|Verpasster Sprachanruf|Appel vocal manqué|Llamada perdida|Videollamada perdida
Chiamata vocale persa|Videochiamata persa|Gemiste spraakoproep|Пропущенный аудиозвонок|Пропущений голосовий дзвінок
Cevapsız sesli arama|Zmeškaný hlasový hovor
"""
ENCRYPTED = """
Messages and calls are end-to-end encrypted.|Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.
Les messages et les appels sont chiffrés de bout en bout.|Сообщения и звонки защищены сквозным шифрованием.
الرسائل والمكالمات مشفرة تمامًا بين الطرفين.
"""


def each(table):
    return [words for line in table.strip().split("\n") for words in line.split("|")]


@pytest.mark.parametrize("words", each(DELETED))
def test_a_deleted_message_is_marked_and_says_so(words):
    said = understand(words)
    assert (said.text, said.marks) == (words, {"deleted"})


@pytest.mark.parametrize("words", each(EDITED))
def test_a_message_edited_later_keeps_its_words_and_is_marked(words):
    said = understand(f"I am outside <{words}>")
    assert (said.text, said.marks) == ("I am outside", {"edited"})


@pytest.mark.parametrize("words", each(OMITTED))
def test_a_file_left_out_of_the_export_is_marked(words):
    assert understand(words).marks == {"media_omitted"}


@pytest.mark.parametrize("words", each(ATTACHED))
def test_an_attachment_is_named(words):
    assert understand(words).names == ("a.jpg",)


@pytest.mark.parametrize("words", each(MISSED))
def test_a_missed_call_is_one_with_a_name_before_it_and_without(words):
    assert call_of(words).marks == {"missed"}
    assert understand(f"\u200e{words}").is_call


@pytest.mark.parametrize("words", ["Voice call, 12 min", "Sprachanruf", "Appel vocal, 3 min", "مكالمة صوتية، ٣ د"])
def test_a_call_that_was_made_is_a_call(words):
    said = call_of(words)
    assert (said.is_call, said.marks) == (True, frozenset())


@pytest.mark.parametrize("words", each(ENCRYPTED))
def test_the_notice_of_encryption_is_known(words):
    assert notice_code(words) == "encryption"
    assert is_sent_by_the_app(f"\u200e{words}")


@pytest.mark.parametrize(
    "words",
    [
        "you omitted to say sorry", "I edited this message", "He deleted this message and left", "Пропущен обед",
        "Voice calls are useless", "appel vocal de ma soeur", "Sprachanruf gestern war schlimm", "a.jpg (look)",
        "he changed the locks and left", "<3 <3", "Sie hat mich blockiert",
    ],
)  # fmt: skip
def test_what_a_person_wrote_is_hers(words):
    said = understand(words)
    assert (said.text, said.marks, said.names, said.is_call) == (words, frozenset(), (), False)
    assert call_of(words) is None
    assert not is_sent_by_the_app(words)
