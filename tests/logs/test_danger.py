import pytest

from logs.danger import Danger, dangers_in


@pytest.mark.parametrize(
    "text",
    [
        "He is outside.",
        "she's still at the door",
        "They’re in my\ngarden",
        "He said he would kill me",
        "he had a Knife",
        "he put his hands round my neck",
        "I couldn't breathe",
        "I am scared right now",
    ],
)
def test_words_of_danger_are_found(text):
    assert dangers_in(text) == {Danger.NOW}


@pytest.mark.parametrize(
    "text", ["I want to kill myself", "he texted that he is suicidal", "I don’t want to be here", "I can't go on"]
)
def test_words_of_harm_to_oneself_are_found(text):
    assert Danger.SELF_HARM in dangers_in("", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "He was outside last night.",
        "He sent nine texts and a card.",
        "She is my sister. She is a nurse.",
        "He begun to ring at 9. The gunge on the car is his.",
        "He liked my photo of the killer whale show.",
    ],
)
def test_an_ordinary_note_finds_nothing(text):
    assert dangers_in(text) == frozenset()


def test_a_long_text_is_read_quickly():
    assert dangers_in("he is he is still still now " * 700) == frozenset()
