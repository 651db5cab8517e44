"""Open Food Facts as the sandbox mounts it, and what can be done to it from outside."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, replace

from lifetracker.sandbox.host import Host, Verb
from lifetracker.sandbox.limits import RateLimiter
from lifetracker.sandbox.messages import Answer, Incoming, JsonObject, html_answer, json_answer
from lifetracker.sandbox.openfoodfacts import shapes
from lifetracker.sandbox.openfoodfacts.catalogue import Product, normalized, products
from lifetracker.sandbox.openfoodfacts.options import Options

PRODUCT = re.compile(r"/api/v(?P<version>\d)(?:\.\d+)?/product/(?P<code>[^/]*?)(?:\.json)?")
#: Libraries that say no more of themselves than their own name.
NAMELESS = re.compile(r"(python-requests|python-urllib|curl|okhttp|java)\b", re.IGNORECASE)
UNAVAILABLE = "<!DOCTYPE html><html><head><title>Page temporarily unavailable - Open Food Facts</title></head></html>"
TOO_MANY = "<html><body>Too many requests</body></html>"
FORBIDDEN = "<html><head><title>403 Forbidden</title></head></html>"
MOST_HITS = 10_000


class OpenFoodFacts:
    name = "openfoodfacts"
    title = "Open Food Facts: products v2 and v3.6, Search-a-licious, search.pl"

    def __init__(self, sandbox: Host) -> None:
        self._sandbox = sandbox
        self._products = products()
        self.options = Options()
        # It grants 15 products and 10 searches a minute, and says so in no header.
        self.product_limit = RateLimiter()
        self.search_limit = RateLimiter()

    @property
    def url(self) -> str:
        return f"{self._sandbox.url}/{self.name}"

    def answer(self, incoming: Incoming, path: str) -> Answer:
        agent = incoming.headers.get("User-Agent") or ""
        if not agent or NAMELESS.match(agent):
            return html_answer(403, FORBIDDEN)
        if found := PRODUCT.fullmatch(path):
            return self._limited(self.product_limit, "everything") or self._product(
                found["code"], int(found["version"]), incoming.query
            )
        if path == "/search":
            return self._limited(self.search_limit, "new") or self._search(incoming.query)
        if path == "/cgi/search.pl":
            return self._limited(self.search_limit, "searches") or self._old_search(incoming.query)
        return html_answer(404, "<html><body>Not found</body></html>")

    def _limited(self, limit: RateLimiter, least: str) -> Answer | None:
        """Return a refusal: `least` is how far an overload must go to reach what is asked for."""
        grades = Options.CHOICES["overloaded"]
        if grades.index(self.options.overloaded) >= grades.index(least):
            return html_answer(503, UNAVAILABLE)
        return None if limit.admit()[0] else html_answer(429, TOO_MANY)

    # --- Products ---------------------------------------------------------------------------------

    def _product(self, code: str, version: int, query: dict[str, str]) -> Answer:
        number = normalized(code)
        product = self._products.get(number)
        if product and not product.is_food:
            return Answer(
                302, b"", {"Location": f"https://world.openbeautyfacts.org/product/{code}"}
            )
        if product is None:
            return self._missing(number or code, version, is_code=bool(number))
        newer = version >= 3 or self.options.shape == "newer"
        shown = only(shapes.whole(product, self.options, newer=newer), query.get("fields", ""))
        return json_answer(200, {"code": product.code, "product": shown, **found_in(version)})

    def _missing(self, code: str, version: int, *, is_code: bool) -> Answer:
        if version >= 3:
            result = {"id": "product_not_found", "name": "Product not found"}
            return json_answer(404, {"code": code, "result": result, "status": "failure"})
        words = "product not found" if is_code else "no code or invalid code"
        return json_answer(
            404 if is_code else 200, {"code": code, "status": 0, "status_verbose": words}
        )

    # --- Searches ---------------------------------------------------------------------------------

    def _search(self, query: dict[str, str]) -> Answer:
        size, page = int(query.get("page_size", 10)), int(query.get("page", 1))
        if page * size > MOST_HITS:
            return json_answer(400, {"detail": "page * page_size must be at most 10000"})
        text = re.sub(r"\\(.)", r"\1", query.get("q", ""))
        found = self._found(text)
        hits = [shapes.hit(one, self.options) for one in found[(page - 1) * size : page * size]]
        return json_answer(
            200,
            {
                "hits": [only(one, query.get("fields", "")) for one in hits],
                "count": len(found),
                "is_count_exact": True,
                "page": page,
                "page_size": size,
                "page_count": -(-len(found) // size),
                "took": 12,
                "timed_out": False,
            },
        )

    def _old_search(self, query: dict[str, str]) -> Answer:
        if query.get("json") != "1" or query.get("action") != "process":
            return html_answer(200, "<html><body>Search</body></html>")
        size = int(query.get("page_size", 24))
        found = self._found(query.get("search_terms", ""))
        shown = [shapes.whole(one, self.options, newer=False) for one in found[:size]]
        return json_answer(
            200,
            {
                "products": [only(one, query.get("fields", "")) for one in shown],
                "count": len(found),
                # A text, and of the page alone.
                "page": "1",
                "page_count": len(shown),
                "page_size": size,
                "skip": 0,
            },
        )

    def _found(self, text: str) -> list[Product]:
        words = folded(text).split()
        products = sorted(self._products.values(), key=lambda product: product.name)
        return [one for one in products if words and matches(one, words)]

    # --- From outside -----------------------------------------------------------------------------

    def products(self) -> list[JsonObject]:
        return [asdict(product) for product in self._products.values()]

    def add(self, code: str, name: str, **fields: object) -> str:
        """Add a product, or put it in the place of another one; return its number as it is kept."""
        number = normalized(code)
        if not number:
            raise ValueError(f"{code} is no bar code")
        self._products[number] = Product(number, name, **fields)  # type: ignore[arg-type]
        return number

    def edit(self, code: str, **changes: object) -> None:
        """Change fields of a product, and move the moment at which it was changed."""
        before = self._products[normalized(code)]
        later = {"modified": before.modified + 1} | changes
        self._products[before.code] = replace(before, **later)  # type: ignore[arg-type]

    def remove(self, code: str) -> None:
        del self._products[normalized(code)]

    def limit(
        self, products: int | None = 15, searches: int | None = 10, window: float = 60
    ) -> None:
        """Answer 429 above so many requests of each kind within the window; None for no limit."""
        self.product_limit.configure(products, window)
        self.search_limit.configure(searches, window)

    def verbs(self) -> dict[str, Verb]:
        return {
            "products": self.products,
            "add": self.add,
            "edit": self.edit,
            "remove": self.remove,
            "limit": self.limit,
            "options": self.options.configure,
        }

    def state(self) -> dict[str, object]:
        return {
            "url": self.url,
            "options": self.options.configure(),
            "counts": {"product": len(self._products)},
        }


def found_in(version: int) -> JsonObject:
    if version < 3:
        return {"status": 1, "status_verbose": "product found"}
    result = {"id": "product_found", "name": "Product found"}
    return {"status": "success", "result": result, "errors": [], "warnings": []}


def only(shown: JsonObject, fields: str) -> JsonObject:
    names = [name for name in fields.split(",") if name]
    return {name: shown[name] for name in names if name in shown} if names else shown


def folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def matches(product: Product, words: Iterable[str]) -> bool:
    text = folded(f"{product.name} {product.brands}")
    return all(word in text for word in words)
