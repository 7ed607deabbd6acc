"""What each file of the corpus holds, counted by hand: items, what is passed over, and what is rejected and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """How one source is read.

    Args:
        kind: what it is taken for.
        items: how many messages, calls, mails or rows it holds.
        skips: the codes of what is passed over, in order.
        rejects: the codes of what cannot be read, in order.
        order: how its dates are read.
        is_sure: whether it settles that itself.
        unreadable: why it cannot be read at all.
    """

    kind: str | None
    items: int = 0
    skips: str = ""
    rejects: str = ""
    order: str = "dmy"
    is_sure: bool = True
    unreadable: str = ""


EXPECTED = {
    "booklet-cp1252.csv": Expected("booklet_csv", 1, skips="heading"),
    "booklet-formula.csv": Expected("booklet_csv", 1, skips="heading"),
    "booklet-no-headings.csv": Expected(None),
    "booklet-plain.csv": Expected("booklet_csv", 3, skips="heading"),
    "booklet-repeated.csv": Expected("booklet_csv", 2, skips="before_heading heading heading"),
    "booklet-semicolons.csv": Expected("booklet_csv", 2, skips="heading", rejects="too_many_cells"),
    "booklet-three-columns.csv": Expected("booklet_csv", 2, skips="heading"),
    "booklet-typos.csv": Expected("booklet_csv", 1, skips="heading"),
    "box-crlf.mbox": Expected("email", 2),
    "box-three.mbox": Expected("email", 2, rejects="no_headers"),
    "calls-bill.csv": Expected("calls_csv", 2, skips="before_heading before_heading heading", rejects="bad_date"),
    "calls-hidden.xml": Expected("sms_xml", 2),
    "calls-instants.csv": Expected("calls_csv", 2, skips="heading", order="ymd"),
    "calls-log.xml": Expected("sms_xml", 7),
    "calls-no-headings.csv": Expected("calls_csv", 2, order="ymd"),
    "calls-quotes.csv": Expected("calls_csv", 2, skips="heading", rejects="open_quote too_many_cells"),
    "calls-semicolons.csv": Expected("calls_csv", 2, skips="heading", rejects="bad_date"),
    "calls-us.csv": Expected("calls_csv", 2, skips="heading", order="mdy"),
    "mail-alternative.eml": Expected("email", 1),
    "mail-attachments.eml": Expected("email", 1),
    "mail-bad-date.eml": Expected("email", 1),
    "mail-broken-multipart.eml": Expected("email", 1),
    "mail-crlf.eml": Expected("email", 1),
    "mail-html.eml": Expected("email", 1),
    "mail-no-body.eml": Expected("email", 1),
    "mail-no-zone.eml": Expected("email", 1),
    "mail-plain.eml": Expected("email", 1),
    "mail-unknown-charset.eml": Expected("email", 1),
    "mms-broken-part.xml": Expected("sms_xml", 2, rejects="broken"),
    "mms-group.xml": Expected("sms_xml", 1),
    "mms-picture.xml": Expected("sms_xml", 2),
    "mms-unclosed.xml": Expected("sms_xml", 2),
    "sms-bad-dates.xml": Expected("sms_xml", 1, rejects="bad_date no_date bad_date"),
    "sms-broken-quote.xml": Expected("sms_xml", 2, rejects="broken"),
    "sms-emoji.xml": Expected("sms_xml", 2),
    "sms-empty-root.xml": Expected("sms_xml", unreadable="no_records"),
    "sms-entities.xml": Expected("sms_xml", unreadable="entities"),
    "sms-failed.xml": Expected("sms_xml", 2),
    "sms-open-tags.xml": Expected("sms_xml", 1),
    "sms-plain.xml": Expected("sms_xml", 2, skips="draft"),
    "sms-raw-bracket.xml": Expected("sms_xml", 1, rejects="broken"),
    "sms-seconds.xml": Expected("sms_xml", 1),
    "sms-single-quotes.xml": Expected("sms_xml", 1),
    "sms-stray.xml": Expected("sms_xml", 2, rejects="outside outside"),
    "sms-truncated.xml": Expected("sms_xml", 1, rejects="ends_early"),
    "sms-unclosed.xml": Expected("sms_xml", 2, rejects="ends_early"),
    "sms-unknown-elements.xml": Expected("sms_xml", 2, rejects="unknown_element"),
    "sms-unknown-entity.xml": Expected("sms_xml", 1),
    "wa-android-12h-narrow.txt": Expected("whatsapp", 3),
    "wa-android-bad-dates.txt": Expected("whatsapp", 3, rejects="bad_date"),
    "wa-android-before-first.txt": Expected("whatsapp", 2, rejects="before_first"),
    "wa-android-bom.txt": Expected("whatsapp", 2),
    "wa-android-by-order-uk.txt": Expected("whatsapp", 2),
    "wa-android-by-order-us.txt": Expected("whatsapp", 2, order="mdy"),
    "wa-android-crlf.txt": Expected("whatsapp", 2),
    "wa-android-dots.txt": Expected("whatsapp", 2),
    "wa-android-empty-texts.txt": Expected("whatsapp", 3),
    "wa-android-group.txt": Expected("whatsapp", 3, skips="encryption system system system system system"),
    "wa-android-iso.txt": Expected("whatsapp", 2, order="ymd"),
    "wa-android-lt.txt": Expected("whatsapp", 6, skips="encryption", order="ymd"),
    "wa-android-pasted.txt": Expected("whatsapp", 2),
    "wa-android-pl.txt": Expected("whatsapp", 6, skips="encryption"),
    "wa-android-pt.txt": Expected("whatsapp", 6, skips="encryption"),
    "wa-android-ro.txt": Expected("whatsapp", 6, skips="encryption"),
    "wa-android-truncated.txt": Expected("whatsapp", 1),
    "wa-android-uk.txt": Expected("whatsapp", 8, skips="encryption"),
    "wa-android-unsure.txt": Expected("whatsapp", 2, is_sure=False),
    "wa-android-us.txt": Expected("whatsapp", 2, skips="encryption", order="mdy"),
    "wa-android-zeros.txt": Expected("whatsapp", 2, rejects="not_text"),
    "wa-cp1252.txt": Expected("whatsapp", 1),
    "wa-ios-arabic.txt": Expected("whatsapp", 2),
    "wa-ios-colon-names.txt": Expected("whatsapp", 5),
    "wa-ios-finnish.txt": Expected("whatsapp", 2),
    "wa-ios-uk.txt": Expected("whatsapp", 8, skips="encryption"),
    "wa-ios-unknown-halfday.txt": Expected("whatsapp", 2),
    "wa-ios-us.txt": Expected("whatsapp", 3, order="mdy"),
    "wa-old-years.txt": Expected("whatsapp", 2),
    "wa-only-notices.txt": Expected("whatsapp", 0, skips="encryption system"),
    "booklet.docx": Expected("booklet_docx", 2, skips="heading"),
    "booklet-two-tables.docx": Expected("booklet_docx", 3, skips="heading heading"),
    "booklet-facing-pages.docx": Expected("booklet_docx", 1, skips="heading"),
    "booklet-forms.docx": Expected("booklet_docx", 2, skips="heading heading"),
    "booklet-merged.docx": Expected("booklet_docx", 2, skips="heading title"),
    "booklet-picture.docx": Expected("booklet_docx", 1, skips="heading"),
    "booklet-controls.docx": Expected("booklet_docx", 1, skips="heading"),
    "booklet-entities.docx": Expected(None, unreadable="entities"),
    "booklet-cut.docx": Expected(
        "booklet_docx", 8, skips="heading heading", rejects="damaged_from_here", is_sure=False
    ),
    "letter.docx": Expected(None),
    "booklet.xlsx": Expected("booklet_xlsx", 4, skips="before_heading heading"),
    "booklet-merged.xlsx": Expected("booklet_xlsx", 3, skips="heading"),
    "booklet-two-sheets.xlsx": Expected("booklet_xlsx", 2, skips="heading", order="ymd"),
    "wa-ios.zip": Expected("whatsapp", 2, skips="unmentioned unmentioned"),
    "wa-android.zip": Expected("whatsapp", 2),
    "wa-duplicates.zip": Expected("whatsapp", 2),
    "wa-no-chat.zip": Expected(None),
    "wa-bomb.zip": Expected(None, unreadable="zip_too_big"),
    "wa-escape.zip": Expected(None, unreadable="zip_unsafe"),
    "wa-locked.zip": Expected(None, unreadable="locked"),
    "wa-broken.zip": Expected("whatsapp", 7892, rejects="damaged_from_here"),
    "wa-utf16.txt": Expected("whatsapp", 2),
    "wa-utf16-no-mark.txt": Expected("whatsapp", 2),
    "wa-empty.txt": Expected(None, unreadable="empty"),
    "wa-long-line.txt": Expected("whatsapp", 2),
    "sms-utf16.xml": Expected("sms_xml", 1),
    "sms-long-part.xml": Expected("sms_xml", 2),
    "sms-too-long.xml": Expected("sms_xml", 1, rejects="too_long"),
    "booklet-utf16.csv": Expected("booklet_csv", 1, skips="heading"),
    "noise.bin": Expected(None),
}
