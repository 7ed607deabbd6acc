"""A table to keep, as a file for spreadsheets: its name says nothing, and no cell of it calculates."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from logs.filenames import content_disposition, download_name


def csv_file(rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The answer that hands out these rows, the first of them the heading."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    answer = HttpResponse(("\ufeff" + text.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition(download_name("text/csv"))
    return answer


def harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
