"""How words are laid over a page unseen (`bundles.engine.searching`): line by line over the height of a picture."""

from collections.abc import Sequence

from bundles.engine.stamping import FONT, MILLIMETRE, StampFont

LARGEST = 8.0
MOST_LINES = 120
EDGE = 24 * MILLIMETRE  # of a page of a document: what stands at its head and foot is ours
Box = Sequence[float]


def laid(font: StampFont, words: str, box: Box, size: tuple[float, float]) -> str:
    """What lays words over a page of this size, unseen: text of the third way of drawing (ISO 32000-2, 9.3.6)."""
    lines = lines_of(words)
    if not lines:
        return ""
    left, bottom, across, up = box or (EDGE, EDGE, size[0] - 2 * EDGE, size[1] - 2 * EDGE)
    step = up / len(lines)
    height = min(LARGEST, step * 0.8)
    drawn = [f"{FONT} {height:.2f} Tf"]
    for number, line in enumerate(lines, 1):
        narrow = min(100.0, 100 * across / max(font.width(line, height), 1))
        drawn.append(f"{narrow:.1f} Tz 1 0 0 1 {left:.2f} {bottom + up - number * step:.2f} Tm <{font.text(line)}> Tj")
    return "q BT 3 Tr\n" + "\n".join(drawn) + "\nET Q\n"


def lines_of(words: str) -> list[str]:
    """The lines of a text that have anything in them; of very many, several at a time."""
    lines = [line for row in words.splitlines() if (line := " ".join(row.split()))]
    together = -(-len(lines) // MOST_LINES) or 1
    return [" ".join(lines[start : start + together]) for start in range(0, len(lines), together)]
