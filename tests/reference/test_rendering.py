"""Stored text becomes HTML without any of it becoming a tag."""

import re

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
