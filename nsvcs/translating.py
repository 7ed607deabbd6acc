"""The constant words of templates, each looked up once for a language."""

from django.template import Context, Node
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.utils.translation import get_language


class Word(Node):
    """`{% translate "…" %}` of a constant: a page has up to three hundred, and each was looked up anew on every page.

    Only the product's own words are kept, for each language and escaping; what a variable holds never is.
    """

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        """Take over from the library's own node."""
        self.asvar, node.asvar = node.asvar, None
        self.node = node
        self.known: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        """The word in the present language, or nothing when it is put into a variable."""
        key = get_language(), context.autoescape
        text = self.known.get(key)
        if text is None:
            text = self.known[key] = self.node.render(context)
        if self.asvar:
            context[self.asvar] = text
            return ""
        return text


def translate(parser: Parser, token: Token) -> Node:
    """The library's tag; of a constant without filters or a context of its own, the quick one."""
    node = i18n.do_translate(parser, token)
    expression = node.filter_expression
    is_plain = not (node.noop or node.message_context or expression.filters)
    return Word(node) if is_plain and isinstance(expression.var.literal, str) else node


def use_quick_words() -> None:
    """Let `{% load i18n %}` give the quick tag; called once, before any template is read."""
    i18n.register.tag("translate", translate)
    i18n.register.tag("trans", translate)
