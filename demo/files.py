"""The files of the story, each made when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from demo import films, papers, pictures
from demo.pictures import photo, screenshot


@dataclass(frozen=True)
class DemoFile:
    """One file: what her phone called it, and how to make it for the moment it was taken."""

    label: str
    make: Callable[[datetime], bytes]

    def upload(self, taken: datetime) -> SimpleUploadedFile:
        """The file as a form would hand it over."""
        return SimpleUploadedFile(self.label, self.make(taken))


def _photo(number: int, drawing: pictures.Drawing, sky: tuple[int, int, int] = pictures.DAY) -> DemoFile:
    return DemoFile(f"IMG_{number}.jpg", partial(photo, drawing, sky))


def _doorbell(taken: datetime) -> bytes:
    stamp = f"{taken:%d-%m  %H:%M}"
    return photo(partial(pictures.doorbell, stamp=stamp), pictures.NIGHT, taken, has_place=False)


def _screenshot(number: int, drawing: pictures.Drawing) -> DemoFile:
    return DemoFile(f"Screenshot_{number}.png", lambda taken: screenshot(drawing))


def _paper(name: str, make: Callable[[], bytes]) -> DemoFile:
    return DemoFile(name, lambda taken: make())


NOTE = ("I only want to talk.", "You can't just stop.", "I will wait by your car", "as long as it takes.   D")
LETTER = ("Hannah", "I know you are upset with me.", "I drove past to see your light on", "and I was glad you were in.",
          "I forgive you for all of it.", "You will see it in time.", "I am not going anywhere.", "")  # fmt: skip
TEXTS_LOCK = (
    ("21:02", "Why did you change the lock"),
    ("21:05", "I still pay half of that rent"),
    ("21:16", "I can see you are in"),
    ("21:31", "Hannah pick up"),
    ("21:40", "Fine. I can wait"),
)
TEXTS_NIGHT = (
    ("02:10", "I am on the bridge"),
    ("02:12", "It is up to you what|happens now"),
    ("02:19", "You only have to say|one word"),
)
CALLS = (
    ("No caller ID (9)", "22:51"), ("Dean mobile (4)", "21:18"), ("No caller ID (6)", "19:40"),
    ("Dean mobile (3)", "17:02"), ("No caller ID (2)", "13:25"), ("Dean mobile (5)", "08:11"),
)  # fmt: skip
PAYMENTS = (
    ("I LOVE YOU", "0.01"), ("I KNOW YOU", "0.01"), ("READ THIS", "0.01"), ("TALK TO ME", "0.01"),
    ("PLEASE HANNAH", "0.01"), ("ONE CALL", "0.01"), ("I WONT STOP", "0.01"), ("LOVING YOU", "0.01"),
    ("IT IS ME", "0.01"), ("YOU SEE THIS", "0.01"), ("ANSWER", "0.01"),
)  # fmt: skip
CHAT = (
    ("12:58", "Dean F", "Hi Jo. Is Han seeing someone"),
    ("12:59", "Dean F", "I'm only asking because I'm worried about her head"),
    ("13:03", "Jo", "That's not something I'm going to talk about Dean"),
    ("13:04", "Dean F", "So she is"),
    ("13:05", "Jo", "I didn't say that. Please leave it"),
    ("13:11", "Dean F", "I'll ask Mark then"),
    ("13:40", "Jo", "He has just messaged Mark. I'm sending you this so you have it"),
)
EMAIL = """Hannah,

You are telling lies about me and people are listening to you.
I have kept a file. Dates, times, everything. If you carry on with the
police I will make sure you never see Alfie again.

You know where I am.
"""
VISITS = (
    (116, "5:40pm to 6:15pm: in the car park, facing the doors. Seen by me."),
    (107, "12:20pm: rang the desk, said he was her brother, asked for her shifts."),
    (104, "9:05am: rang the desk, asked if she was in. Hung up when asked his name."),
    (99, "2:30pm: rang twice, hung up."),
    (94, "7:15am: in the car park before opening."),
    (90, "6:00pm: asked a member at the door which car was hers."),
    (81, "11:10am: rang the desk, said he was from her bank."),
    (76, "11:30am: a letter came for her, addressed by hand."),
    (69, "4:45pm: in the car park for about ten minutes."),
)
BAIL_LETTER = (
    "Dear Hannah,",
    "I am writing to confirm what I told you by phone. The man arrested under reference 36/91055 has been released "
    "on bail while we make further enquiries. His conditions are:",
    "- not to contact you directly or indirectly, by any means",
    "- not to enter the road where you live",
    "- not to go to your place of work",
    "- not to go to your son's school",
    "If he breaks any of these, ring 999 if he is there or you feel in danger, and 101 if not. Quote the reference.",
    "PC J. Lowther",
)
SENDER_AT_WORK = ("Broadmere Leisure Centre", "Broadmere Way", "Norwich", "01632 960214")
SENDER_POLICE = ("Investigation hub (invented for this demonstration)", "01632 960555")


def story_files() -> dict[str, DemoFile]:
    """The files by the names that `story.toml` uses."""
    return _photos() | _screenshots() | _papers()


def _photos() -> dict[str, DemoFile]:
    night, dusk, grey = pictures.NIGHT, pictures.DUSK, (96, 98, 102)
    return {
        "note-on-car": _photo(2041, partial(pictures.paper, lines=NOTE, is_on_car=True), dusk),
        "flowers": _photo(2057, pictures.flowers),
        "doorbell": DemoFile("front_door_event.jpg", _doorbell),
        "gate": _photo(2113, pictures.gate),
        "letter-page-one": _photo(2160, partial(pictures.paper, lines=LETTER, is_on_car=False)),
        "tracker-wheel": _photo(2177, partial(pictures.tracker, is_close=False), grey),
        "tracker-close": _photo(2178, partial(pictures.tracker, is_close=True), grey),
        "street-night": _photo(2190, pictures.street_at_night, night),
        "car-park": _photo(2231, partial(pictures.car_park, colour=pictures.BLUE)),
        "street-day": _photo(2260, pictures.street_by_day),
    }


def _screenshots() -> dict[str, DemoFile]:
    kirsty = ("Joined this month", "No friends in common", "", "Hi hun do you still live", "by the park?")
    texts = partial(pictures.messages, sender="07700 900461", under="Not in your contacts")
    return {
        "missed-calls": _screenshot(141, partial(pictures.rows, title="Recent calls", under="Missed", lines=CALLS)),
        "texts-lock": _screenshot(149, partial(texts, texts=TEXTS_LOCK)),
        "friend-request": _screenshot(163, partial(pictures.profile, name="Kirsty Vale", lines=kirsty)),
        "bank": _screenshot(171, partial(pictures.rows, title="Money in", under="D FARROW", lines=PAYMENTS)),
        "texts-night": _screenshot(188, partial(texts, texts=TEXTS_NIGHT)),
    }


def _work_letter() -> bytes:
    paragraphs = (
        "To whom it may concern,",
        "I manage the front desk. At the request of my colleague I have gone through our day book. It shows the "
        "following calls and visits by the man she has described to me, whom I know by sight.",
        *(f"- {papers.long_day(days)}, {what}" for days, what in VISITS),
        "The day book is kept in the office and may be seen there.",
        "S. Tyrell, front of house manager",
    )
    return papers.letter(SENDER_AT_WORK, 65, "Record of visits and calls", paragraphs)


def _papers() -> dict[str, DemoFile]:
    def email(taken: datetime) -> bytes:
        return papers.email(
            "d.farrow@post.example", "hannah@broadmere.example", "Read this before you do anything else", taken, EMAIL
        )

    return {
        "doorbell-film": DemoFile("front_door_event.mp4", films.doorbell),
        "voice-message": _paper("voicemail.wav", papers.voice_message),
        "chat-with-jo": _paper("Chat with Jo.txt", partial(papers.chat, 97, CHAT)),
        "email": DemoFile("Read this before you do anything else.eml", email),
        "work-letter": _paper("Letter from work.pdf", _work_letter),
        "bail-letter": _paper(
            "Letter from police.pdf", partial(papers.letter, SENDER_POLICE, 36, "Bail conditions", BAIL_LETTER)
        ),
    }
