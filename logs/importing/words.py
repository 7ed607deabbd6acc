"""Plain words for what a reader could not read or passed over, by its code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNREADABLE_WORDS: dict[str, Promise] = {
    "empty": _("This file is empty. Make it again on your phone or computer."),
    "unknown": _("We cannot tell what this file is. You can still add it as evidence."),
    "no_records": _("We found no messages, calls or rows in this file. You can still add it as evidence."),
    "no_chat": _("There is no chat in this ZIP file. Export the chat again from WhatsApp."),
    "no_table": _("There is no table in this document. You can still add it as evidence."),
    "locked": _("This file has a password. Save it without a password and try again."),
    "damaged": _("This file is damaged and cannot be opened. Make it again and try once more."),
    "too_big": _("This file would unpack to more than we can read. You can still add it as evidence."),
    "entities": _("This file holds instructions that we do not follow. You can still add it as evidence."),
    "no_member": _("This attachment is not in the file."),
    "zip_damaged": _("This ZIP file is damaged. Make it again and try once more."),
    "zip_too_many": _("This ZIP file holds more than 10,000 files. Export the chat without media."),
    "zip_too_big": _("This ZIP file would unpack to more than we can keep. Export the chat without media."),
    "zip_nested": _("This ZIP file has another ZIP file inside. Take that one out and try again."),
    "zip_unsafe": _("This ZIP file has parts that could do harm. You can still add it as evidence."),
}

REJECT_WORDS: dict[str, Promise] = {
    "bad_date": _("The date cannot be right."),
    "no_date": _("There is no date."),
    "before_first": _("It stands before the first message."),
    "not_text": _("These are not words we can read."),
    "broken": _("This record is broken."),
    "ends_early": _("The file ends in the middle."),
    "unknown_element": _("We do not know this kind of record."),
    "unknown_type": _("It does not say whether it was sent or received."),
    "outside": _("It stands outside the records."),
    "no_headers": _("This is not an email we can read."),
    "too_long": _("This record is too long to read."),
    "open_quote": _("A quotation mark is missing in this row."),
    "too_many_cells": _("This row has more cells than there are headings."),
    "no_heading": _("There are no headings above this row."),
    "damaged_from_here": _("The file is damaged from here on."),
}

SKIP_WORDS: dict[str, Promise] = {
    "system": _("A notice from the app, not a message."),
    "encryption": _("The app's notice about encryption."),
    "heading": _("The headings of the table."),
    "before_heading": _("It stands above the headings."),
    "title": _("A title inside the table."),
    "unmentioned": _("A file that no message names. It stays in the ZIP file."),
    "draft": _("A draft that was never sent."),
}
