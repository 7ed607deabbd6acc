"""Stored text becomes HTML without any of it becoming a tag."""

import re

from django.template.loader import render_to_string

from reference.rendering import render


def test_render_makes_headings_lists_and_paragraphs() -> None:
    html = render("One\ntwo\n\n## Next\n- a\n- b\nAfter")

    assert html == (
        '<p class="govuk-body">One two</p>\n<h2 class="govuk-heading-m">Next</h2>\n'
        '<ul class="govuk-list govuk-list--bullet">\n<li>a</li>\n<li>b</li>\n</ul>\n<p class="govuk-body">After</p>'
    )


def test_render_escapes_everything_stored() -> None:
    html = render('<script>x</script>\n- <b>\n## a & "b"\n{{ x }} {}')

    assert set(re.findall(r"</?(\w+)", html)) == {"p", "ul", "li", "h2"}
    assert "&lt;script&gt;" in html
    assert "{{ x }} {}" in html


def test_render_of_nothing_is_nothing_and_windows_lines_are_read() -> None:
    assert render("\n \n") == ""
    assert render("a\r\n\r\nb").count("<p") == 2


def test_the_blank_sheet_has_the_eight_columns_in_order_and_a_neutral_name() -> None:
    html = render_to_string("reference/blank_log.html")

    columns = re.findall(r'<th scope="col">(.*?)</th>', html)
    begin = ["Date", "Where", "What happened", "Evidence", "Police", "How it affected you", "What you changed", "How"]
    assert [column[: len(word)] for column, word in zip(columns, begin, strict=True)] == begin
    assert html.count("<td></td>") == 40
    assert "<title>Notes</title>" in html
    assert "style=" not in html
