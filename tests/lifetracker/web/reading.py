"""Read the markup of charts as a browser would."""

from __future__ import annotations

from xml.etree import ElementTree

from django.utils.safestring import SafeString

HOSTILE = "<script>alert('\"&')</script>"


def parsed(markup: SafeString) -> ElementTree.Element:
    """Return the elements below one of our own. Fails if it is not well-formed, not safe, or has a style of its own."""
    assert isinstance(markup, SafeString)
    root = ElementTree.fromstring(f"<root>{markup}</root>")  # noqa: S314 - it is our own
    for element in root.iter():
        assert "style" not in element.attrib
        assert element.tag not in {"script", "style"}
        for name in element.attrib:
            assert not name.startswith("on")
    return root


def with_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if name in one.attrib.get("class", "").split()]


def words(root: ElementTree.Element) -> str:
    return " ".join("".join(root.itertext()).split())


def links(root: ElementTree.Element) -> list[str]:
    return [one.attrib["href"] for one in root.iter("a")]


def names(root: ElementTree.Element) -> list[str]:
    """Return the sentences of all pictures."""
    return [one.attrib["aria-label"] for one in root.iter() if one.attrib.get("role") == "img"]
