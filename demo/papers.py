"""Letters, chats, e-mails and a recording for the invented log, made here."""

import array
import io
import math
import wave
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from demo.clock import day_ago

RATE = 8000  # samples a second: as a phone records a message
SHEET = """
@page { size: A4; margin: 2.5cm } body { font: 11pt/1.5 sans-serif } .from { text-align: right }
h1 { font-size: 13pt; margin: 1.5em 0 1em } li { margin-bottom: .4em }
"""


def letter(sender: Sequence[str], dated_days_ago: int, title: str, paragraphs: Sequence[str]) -> bytes:
    """A letter as a PDF. A paragraph that begins with "- " is one of a list."""
    from weasyprint import HTML  # takes a second to load, and only loading the demo needs it

    body = "".join(f"<li>{escape(each[2:])}</li>" if each.startswith("- ") else f"<p>{escape(each)}</p>"
                   for each in paragraphs)  # fmt: skip
    head = f'<p class="from">{"<br>".join(map(escape, sender))}<br><br>{long_day(dated_days_ago)}</p>'
    page = f'<html lang="en"><head><title>{escape(title)}</title><style>{SHEET}</style></head>'
    page += f"<body>{head}<h1>{escape(title)}</h1>{body}</body></html>"
    made = HTML(string=page).write_pdf()
    return bytes(made or b"")


def long_day(days_ago: int) -> str:
    """A date in a letter: 3 August 2026."""
    day = day_ago(days_ago)
    return f"{day.day} {day:%B %Y}"


def chat(days_ago: int, lines: Sequence[tuple[str, str, str]]) -> bytes:
    """An exported chat as phones write it: day, time, name, words."""
    day = day_ago(days_ago)
    return "".join(f"[{day:%d/%m/%Y}, {at}] {name}: {words}\n" for at, name, words in lines).encode()


def email(sender: str, recipient: str, subject: str, sent: datetime, text: str) -> bytes:
    """An e-mail with its head, as saved from a mail program."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = "<20-demo@post.example>"
    message.set_content(text)
    return bytes(message)


def voice_message(seconds: int = 9) -> bytes:
    """A recording with the rise and fall of somebody speaking, in which there are no words."""
    samples = array.array("h", (_sample(number) for number in range(RATE * seconds)))
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return kept.getvalue()


def _sample(number: int) -> int:
    """One sample: a voice's tone and two overtones, cut into syllables and sentences."""
    at = number / RATE
    syllable = max(0.0, math.sin(math.tau * 2.3 * at)) ** 0.7
    sentence = 1.0 if at % 3.1 < 2.4 else 0.05
    tone = math.tau * (112 + 14 * math.sin(math.tau * 0.6 * at)) * at
    voice = math.sin(tone) + 0.5 * math.sin(2 * tone) + 0.25 * math.sin(5 * tone)
    return int(7000 * syllable * sentence * voice)
