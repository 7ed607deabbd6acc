import time

import pytest

from logs.danger import Danger, dangers_in, dangers_of
from logs.danger_words import NOW, SELF_HARM

NEAR = {
    "en": (
        "He is outside.",
        "she's still at the door",
        "They’re in my\ngarden",
        "He said he would kill me",
        "he had a Knife",
        "he put his hands round my neck",
        "I couldn't breathe",
        "I am scared right now",
        "Please help me",
        "He said you're dead tonight",
    ),
    "pl": (
        "Stoi teraz pod moim domem",
        "On jest tutaj",
        "ktoś jest w domu",
        "Dobija się do drzwi",
        "Powiedział, że mnie zabije",
        "zabiję cię, napisał",
        "Miał nóż",
        "Dusił mnie",
        "nie mogłam oddychać",
        "Boję się o swoje życie",
        "Ratunku",
        "boje sie teraz",  # without accents, as many phones write it
    ),
    "lt": (
        "Jis stovi prie mano durų",
        "jis vel cia",
        "Kažkas yra kieme",
        "Jis beldžiasi į langą",
        "Pasakė, kad mane nužudys",
        "užmušiu tave",
        "Jis turėjo peilį",
        "smaugė mane",
        "Negalėjau kvėpuoti",
        "Man gresia pavojus",
        "Gelbėkite",
    ),
    "pt": (
        "Ele está lá fora",
        "ele esta agora na minha porta",
        "Alguém está a tentar entrar",
        "Disse que vai matar-me",
        "ele disse: vou te matar",
        "Tinha uma faca",
        "Apertou-me o pescoço",
        "Não conseguia respirar",
        "Tenho medo pela minha vida",
        "Socorro!",
    ),
    "ro": (
        "El este la ușă",
        "Cineva e în curte",
        "stă acum în fața casei",
        "Bate în geam",
        "A zis că mă omoară",
        "te omor",
        "Avea un cuțit",
        "M-a strâns de gât",
        "nu puteam să respir",
        "Sunt în pericol",
        "Ajutor!",
    ),
}
HARM = {
    "en": ("I want to kill myself", "he texted that he is suicidal", "I don’t want to be here", "I can't go on"),
    "pl": ("Chcę się zabić", "Nie chcę już żyć", "Mówił o samobójstwie", "chcę umrzeć"),
    "lt": ("Noriu mirti", "Jis sakė, kad nusižudys", "Nebenoriu gyventi"),
    "pt": ("Quero morrer", "Já não quero viver", "ele falou em suicídio", "quero matar-me"),
    "ro": ("Vreau să mor", "A spus că se sinucide", "Nu mai vreau să trăiesc", "o să mă omor"),
}
ORDINARY = {
    "en": (
        "",
        "He was outside last night.",
        "He sent nine texts and a card.",
        "She is my sister. She is a nurse.",
        "He begun to ring at 9. The gunge on the car is his.",
        "He liked my photo of the killer whale show.",
        "My sister came to help me with the locks.",
        "My phone was dead today. He stood by the petrol station.",
        "It is in the house, in a bag.",
    ),
    "pl": (
        "Stał wczoraj pod moim domem przez godzinę.",
        "Dzwonił dziewięć razy i napisał wiadomość.",
        "Mój syn jest w domu z babcią.",
        "Zostawił kwiaty i kartkę. Boję się wychodzić.",
        "Poprosiłam o pomoc sąsiadkę. Policja nie pomogła.",
        "Zabił mi czas przy telefonie. Zostawił auto na parkingu.",
    ),
    "lt": (
        "Jis vakar stovėjo prie mano darbo.",
        "Skambino devynis kartus ir parašė žinutę.",
        "Ji yra mano sesuo. Ji dirba ligoninėje.",
        "Paliko gėles ir atviruką. Pakeičiau spyną.",
        "Paprašiau kaimynės padėti.",
    ),
    "pt": (
        "Ele estava lá fora ontem à noite.",
        "Ligou nove vezes e mandou mensagens.",
        "Quer que eu faça o que ele diz. Não faça isso, disse a polícia.",
        "Esta rua é a minha. Ela está bem.",
        "Fui ao pronto-socorro com a minha mãe. Tem medo de sair.",
        "Fomos matar saudades com a família.",
    ),
    "ro": (
        "A stat ieri în fața casei o oră.",
        "A sunat de nouă ori și a scris un mesaj.",
        "Cartea e aici. Ea este sora mea.",
        "Am cerut ajutor la poliție. A lăsat flori.",
        "Mi-e frică să ies. Am schimbat yala.",
    ),
}


def cases(table):
    return [(language, text) for language, texts in table.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), cases(NEAR))
def test_words_of_danger_are_found(language, text):
    assert dangers_in(text) == {Danger.NOW}


@pytest.mark.parametrize(("language", "text"), cases(HARM))
def test_words_of_harm_to_oneself_are_found(language, text):
    assert Danger.SELF_HARM in dangers_in("", text)


@pytest.mark.parametrize(("language", "text"), cases(ORDINARY))
def test_an_ordinary_note_finds_nothing(language, text):
    assert dangers_in(text) == frozenset()


def test_every_language_of_the_portal_has_both_lists():
    assert NOW.keys() == SELF_HARM.keys() == {"en", "lt", "pl", "pt", "ro"}


def test_a_word_that_only_begins_in_one_box_and_ends_in_another_is_looked_for_box_by_name():
    assert dangers_of({"what_happened": "He rang.", "impact": "I am scared now", "at": ""}) == {Danger.NOW}
    assert dangers_of({"evidence_words": "the knife, in a bag", "place": "here"}) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "he is he is still still now " * 700,
        "stoi teraz znowu " * 1200,
        "jis dabar vel " * 1400,
        "é" * 20_000,
        "😱 " * 9000,
    ],
)
def test_a_long_text_is_read_quickly(text):
    began = time.process_time()
    assert dangers_in(text) == frozenset()
    assert time.process_time() - began < 0.5
