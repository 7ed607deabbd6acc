"""What runs in the child process for a letter: HTML to a PDF that a screen reader can read.

Called through `jobs.child` only.
"""

from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from jobs.layout import laid_out

VARIANT = "pdf/ua-1"


def render(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Print a letter. No file is written: nothing of it lies anywhere if the worker is killed.

    Args:
        payload: `html` is the letter, `css` its style, `numbers` the style for the page numbers of a longer one;
            `fonts_conf` is the fontconfig file.

    Returns:
        `pdf`, in base64, and `pages`.
    """
    document = laid_out(payload["html"], payload["css"], payload["fonts_conf"])
    if len(document.pages) > 1:
        document = laid_out(payload["html"], payload["css"], payload["fonts_conf"], margins=payload["numbers"])
    made = BytesIO()
    document.write_pdf(made, pdf_variant=VARIANT)
    return {"pdf": b64encode(made.getvalue()).decode(), "pages": len(document.pages)}
