"""The least of a browser: cookies, pages, links and forms, with the standard library alone and no scripts.

Forms are read from the page and sent back with whatever hidden fields they carry, so a page may change without this.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

SECONDS = 60
UNTICKED = frozenset({"radio", "checkbox"})
NOT_SENT = frozenset({"submit", "button", "image", "reset", "file"})


@dataclass
class Form:
    """One form of a page: where it goes, what it would send as it stands, and all names it knows."""

    action: str
    method: str
    is_multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def filled(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What is sent when `values` are typed in; a list ticks several boxes."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            kept += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
        return kept


@dataclass(frozen=True)
class Upload:
    """One file to send."""

    name: str
    label: str
    media_type: str
    content: bytes


@dataclass
class Page:
    """An answer: where it came from in the end, its status, and what is on it."""

    url: str
    status: int
    content: bytes
    title: str = ""
    text: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def form_with(self, *names: str) -> Form | None:
        """The first form that knows all these names."""
        return next((form for form in self.forms if form.names.issuperset(names)), None)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.form = page, Form("", "get", False)
        self.inside: list[str] = []
        self.words: list[str] = []
        self.link: list[str] | None = None
        self.area: tuple[str, list[str]] | None = None
        self.select: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        begin = getattr(self, f"begin_{tag}", None)
        if tag in {"title", "script", "style"}:
            self.inside.append(tag)
        if begin:
            begin(said)

    def begin_form(self, said: dict[str, str]) -> None:
        method, kind = said.get("method", "get").lower(), said.get("enctype", "")
        self.form = Form(urljoin(self.page.url, said.get("action", "")), method, kind == "multipart/form-data")
        self.page.forms.append(self.form)

    def begin_input(self, said: dict[str, str]) -> None:
        name, kind = said.get("name", ""), said.get("type", "text")
        self.form.names.add(name)
        if name and kind not in NOT_SENT and (kind not in UNTICKED or "checked" in said):
            self.form.fields.append((name, said.get("value", "on" if kind in UNTICKED else "")))

    def begin_button(self, said: dict[str, str]) -> None:
        self.form.names.add(said.get("name", ""))

    def begin_textarea(self, said: dict[str, str]) -> None:
        self.area = (said.get("name", ""), [])

    def begin_select(self, said: dict[str, str]) -> None:
        self.select = (said.get("name", ""), [])

    def begin_option(self, said: dict[str, str]) -> None:
        if self.select:
            self.select[1].append((said.get("value", ""), "selected" in said))

    def begin_a(self, said: dict[str, str]) -> None:
        self.page.links.append((urljoin(self.page.url, said.get("href", "")), ""))
        self.link = []

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()
        finish = {"textarea": self.end_textarea, "select": self.end_select, "a": self.end_a}.get(tag)
        if finish:
            finish()

    def end_textarea(self) -> None:
        if self.area:
            name, words = self.area
            self.form.names.add(name)
            self.form.fields.append((name, "".join(words).removeprefix("\n")))
            self.area = None

    def end_select(self) -> None:
        if self.select:
            name, options = self.select
            chosen = [value for value, is_chosen in options if is_chosen] or [value for value, _chosen in options[:1]]
            self.form.names.add(name)
            self.form.fields += [(name, value) for value in chosen]
            self.select = None

    def end_a(self) -> None:
        if self.link is not None and self.page.links:
            self.page.links[-1] = (self.page.links[-1][0], " ".join("".join(self.link).split()))
            self.link = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[1].append(data)
        elif self.inside and self.inside[-1] == "title":
            self.page.title = self.page.title or data.strip()  # the first is the page's; drawings have titles too
        elif not self.inside:
            self.words.append(data)
            if self.link is not None:
                self.link.append(data)

    def close(self) -> None:
        super().close()
        self.page.text = " ".join(" ".join(self.words).split())


class Browser:
    """One person's browser."""

    def __init__(self, base_url: str) -> None:
        """With no cookie yet."""
        self.base_url = base_url
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.opened: set[str] = set()  # each page's path once, however often it is asked for again

    def get(self, address: str) -> Page:
        """Go to an address."""
        return self._ask(Request(urljoin(self.base_url, address)))  # noqa: S310 - our own service

    def submit(self, form: Form, values: Mapping[str, Any], uploads: Sequence[Upload] = ()) -> Page:
        """Send a form, filled in."""
        pairs = form.filled(values)
        if form.method == "get":
            return self.get(f"{form.action.partition('?')[0]}?{urlencode(pairs)}")
        if form.is_multipart or uploads:
            boundary = uuid.uuid4().hex
            body, kind = multipart(pairs, uploads, boundary), f"multipart/form-data; boundary={boundary}"
        else:
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Referer": form.action, "Origin": self.base_url.rstrip("/")}
        return self._ask(Request(form.action, body, headers))  # noqa: S310 - our own service

    def _ask(self, request: Request) -> Page:
        try:
            answer = self.opener.open(request, timeout=SECONDS)
        except HTTPError as error:
            answer = error
        with answer:
            page = Page(answer.url, answer.status or 0, answer.read())
            kind = answer.headers.get_content_type()
        if kind == "text/html":
            reader = _Reader(page)
            reader.feed(page.content.decode())
            reader.close()
        if page.status == 200:
            self.opened.add(urlsplit(page.url).path)
        return page


def multipart(pairs: Sequence[tuple[str, str]], uploads: Sequence[Upload], boundary: str) -> bytes:
    """A form's fields and files as one body."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in pairs]
    for each in uploads:
        head = f'Content-Disposition: form-data; name="{each.name}"; filename="{each.label}"\r\n'
        parts.append(f"{head}Content-Type: {each.media_type}\r\n\r\n".encode() + each.content + b"\r\n")
    edge = f"--{boundary}\r\n".encode()
    return b"".join(edge + part for part in parts) + f"--{boundary}--\r\n".encode()
