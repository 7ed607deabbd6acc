"""Tables as rows: the sheets of an Excel workbook as somebody sees them, and tables in plain text."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from logs.importing import sources, tables
from logs.importing.csvrows import delimiter_of, rows
from logs.readable.blocks import Block, Heading, Row, Words


def read_workbook(path: Path, unseen: Counter[str]) -> Iterator[Block]:
    """The sheets of a workbook, each under its name; what is hidden in it is counted in `unseen`.

    Raises:
        Unreadable: it is no workbook that may be opened.
        Broken: it stops half way.
    """
    unseen["pictures"] += sum(entry.filename.startswith("xl/media/") for entry in sources.entries(path))
    unseen["charts"] += sum(entry.filename.startswith("xl/charts/chart") for entry in sources.entries(path))
    unseen["comments"] += sum(entry.filename.startswith("xl/comments") for entry in sources.entries(path))
    for table in tables.sheets(path, unseen):
        yield Heading(table.name)
        for row in table.rows:
            yield Row(row.cells, row.number) if row.cells else Words(row.raw)


def read_csv(path: Path, unseen: Counter[str]) -> Iterator[Block]:
    """The rows of a table in plain text; one that cannot be told into cells stands as it is.

    Raises:
        Broken: it stops half way.
    """
    for row in rows(path, delimiter_of(path)):
        yield Words(row.raw) if row.code else Row(row.cells)
