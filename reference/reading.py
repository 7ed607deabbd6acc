"""How hard a text is to read, by our own count, and the words that portal text does without."""

import re
from dataclasses import dataclass

LONGEST_AVERAGE_SENTENCE = 15  # words
GRADE_AIMED_AT = 6.0
GRADE_ALLOWED = 8.0

_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d+")
_VOWELS = re.compile(r"[aeiouy]+")
_MARKS = re.compile(r"^(?:## |- )", re.MULTILINE)

# What portal text never says, and why it matters to whoever edits it.
BANNED: dict[str, str] = {
    r"utilis\w*": "say use",
    r"via": "say by or through",
    r"perpetrators?|offenders?|stalkers?|abusers?": "say the person doing this",
    r"alleged\w*": "it reads as doubt",
    r"victims?": "say you",
    r"please": "say what to do",
    r"in order to": "say to",
    r"commence\w*": "say start",
    r"regarding": "say about",
    r"prior to": "say before",
    r"click here": "name the page",
    r"e\.?g\.?|i\.?e\.?|etc": "write it out",
    r"you (?:must|should have)": "advice, not blame or orders",
    r"why did(?:n't)? you": "it reads as blame",
    r"(?:can|try to|try|should|best to|and|then) (?:block|reply to|confront|answer) (?:them|him|her|the person)": (
        "never a tip to block, reply or confront"
    ),
}


@dataclass(frozen=True)
class Reading:
    """The counts of one text.

    Attributes:
        grade: Flesch-Kincaid school grade; 6 is about age 11.
        average_sentence: Words in the average sentence; a list item or heading counts as one.
    """

    sentences: int
    words: int
    syllables: int

    @property
    def average_sentence(self) -> float:
        """Words a sentence."""
        return self.words / max(self.sentences, 1)

    @property
    def grade(self) -> float:
        """Flesch-Kincaid grade."""
        return 0.39 * self.average_sentence + 11.8 * self.syllables / max(self.words, 1) - 15.59


def measure(text: str) -> Reading:
    """Count the sentences, words and syllables of a text in our markup."""
    plain = _MARKS.sub("", text)
    sentences = [words for part in _SENTENCE_END.split(plain) if (words := _WORD.findall(part))]
    flat = [word for words in sentences for word in words]
    return Reading(len(sentences), len(flat), sum(map(syllables, flat)))


def syllables(word: str) -> int:
    """Count groups of vowels, less a silent ending; at least one. A number counts as one."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    silent = re.search(r"(?<![aeiouy])(?<!l)e$|(?<![aeiouytd])ed$|(?<=[aeiouy][lr])e$|(?<=[^aeiouyscgxzh])es$", plain)
    return max(len(_VOWELS.findall(plain)) - (1 if silent else 0), 1)


def banned_words(text: str) -> list[str]:
    """Return what the text says that portal text must not, as it stands there."""
    return [
        found.group(0)
        for pattern in BANNED
        for found in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE)
    ]
