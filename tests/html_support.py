"""What a page is made of, as a browser would see it."""

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link"}
ATTRIBUTES = {"src", "href", "srcset", "action", "data", "poster"}


class Parsed(HTMLParser):
    """A page's elements, texts and addresses; every element must be closed in order."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.texts: list[str] = []
        self.headings: list[str] = []
        self.feed(html.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ATTRIBUTES]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self.open[-1:] != ["style"]:
            self.texts.append(data.strip().replace("\xa0", " "))
        if self.open[-1:] == ["h2"]:
            self.headings.append(data)

    @property
    def text(self):
        return " ".join(self.texts)


class Scripts(HTMLParser):
    """A page's elements with their handlers, and its scripts' text, which is no HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.scripts = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        if self.tags[-1:] == ["script"]:
            self.scripts += data
