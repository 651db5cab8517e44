"""Which repositories the person has, and which of her work goes into which."""

from dataclasses import dataclass, replace

from lifetracker.sandbox import working
from lifetracker.sandbox.github.people import PRIVATE, WORK, Person

FIRST_ID, ID_STEP = 512_004_871, 7_919


@dataclass(frozen=True, slots=True)
class Plan:
    """`kinds`: what is written in it, the most frequent first. `split_from`: whose history it
    shares up to the middle of the days. `foreign`: it began with the history of strangers."""

    name: str
    description: str
    kinds: tuple[str, ...]
    nouns: tuple[str, ...]
    branch: str = "main"
    author: Person = WORK
    private: bool = False
    pulls: bool = False
    npm: bool = False
    images: bool = False
    split_from: str | None = None
    foreign: bool = False
    archived: bool = False


PORTAL = Plan(
    "customer-portal",
    "Bills, readings and contracts for customers",
    ("ts", "ts", "css", "html", "md"),
    ("bill", "meter", "reading", "passkey", "session", "contract"),
    private=True,
    pulls=True,
    npm=True,
)
TARIFFS = Plan(
    "tariff-calculator",
    "What a kilowatt hour costs, and when",
    ("py", "py", "py", "sh", "md"),
    ("price", "zone", "tariff", "heatpump", "bonus"),
    private=True,
    pulls=True,
)
ZONES = replace(
    TARIFFS,
    name="tariff-zones",
    description="Price zones, split off the calculator",
    private=False,
    pulls=False,
    split_from=TARIFFS.name,
)
SHOP = Plan(
    "shop-relaunch",
    "Books, by the box",
    ("go", "go", "js", "html", "md"),
    ("cart", "voucher", "book", "umlaut", "order", "stock"),
    branch="master",
    pulls=True,
)
READER = Plan(
    "reader-app",
    "Reads chapters on the train, without a net",
    ("ts", "ts", "js", "css", "md"),
    ("chapter", "page", "bookmark", "night", "font"),
    branch="release/2",
    npm=True,
)
GUIDE = Plan(
    "audio-guide",
    "Hafenmuseum: what the cranes have to say",
    ("js", "html", "css", "md"),
    ("room", "beacon", "track", "player", "crane"),
    images=True,
)
TICKETS = Plan(
    "ticketing",
    "Tickets, groups and the scanner at the gate",
    ("py", "py", "html", "md"),
    ("ticket", "gate", "group", "refund", "scan"),
    pulls=True,
)
BOOKING = Plan(
    "booking-site",
    "Rooms to let",
    ("html", "css", "js", "md"),
    ("room", "guest", "deposit", "invoice", "night"),
    author=PRIVATE,
    images=True,
)
HIRING = Plan(
    "hiring-exercises",
    "Small exercises for people whom we want to meet",
    ("py", "md"),
    ("exercise", "answer", "hint", "review"),
)
LEARNING = Plan(
    "rust-by-night",
    "Chapter by chapter",
    ("rs", "rs", "md"),
    ("borrow", "slice", "trait", "iter", "leaf"),
    author=PRIVATE,
)
RUNBOOKS = Plan(
    "runbooks",
    "What to do when the pager goes off",
    ("sh", "md"),
    ("backup", "disk", "server", "alarm", "restore"),
)
PIANO = Plan(
    "piano-practice",
    "Counts bars, not hours",
    ("py", "js", "html"),
    ("scale", "bar", "chord", "tempo"),
    author=PRIVATE,
)
METRONOME = Plan(
    "metronome",
    "A steady click",
    ("js", "css", "html"),
    ("click", "beat", "tempo", "pulse"),
    branch="master",
    author=PRIVATE,
    foreign=True,
)
DOTFILES = Plan(
    "dotfiles",
    "Home",
    ("sh",),
    ("prompt", "alias", "path", "editor"),
    author=PRIVATE,
)
FAIR = Plan(
    "trade-fair",
    "Demos for the stand",
    ("js", "css", "html"),
    ("stand", "demo", "flyer", "screen"),
    npm=True,
    images=True,
)
OLD_FAIR = replace(FAIR, name="trade-fair-archive", archived=True, npm=False)
SKETCHES = Plan("sketches", "", ("md",), ("idea",), author=PRIVATE)

PLANS = (
    *(PORTAL, TARIFFS, ZONES, SHOP, READER, GUIDE, TICKETS, BOOKING, HIRING),
    *(LEARNING, RUNBOOKS, PIANO, METRONOME, DOTFILES, FAIR, OLD_FAIR, SKETCHES),
)
IDS = {plan.name: FIRST_ID + n * ID_STEP for n, plan in enumerate(PLANS)}
OF_PROJECT = {
    working.PORTAL.name: PORTAL,
    working.TARIFFS.name: TARIFFS,
    working.SHOP.name: SHOP,
    working.READER.name: READER,
    working.GUIDE.name: GUIDE,
    working.TICKETS.name: TICKETS,
    working.BOOKING.name: BOOKING,
    working.HIRING.name: HIRING,
    working.LEARNING.name: LEARNING,
    working.SUPPORT.name: RUNBOOKS,
    working.PIANO.name: PIANO,
    working.INTERNAL.name: DOTFILES,
}


def plan_of(project: str, text: str | None, *, after_split: bool, turn: int) -> Plan:
    """`turn` shares out what belongs to two repositories."""
    plan = OF_PROJECT.get(project, FAIR)
    if plan is TARIFFS and after_split and (text == "Price zones" or turn % 4 == 0):
        return ZONES
    if plan is PIANO and turn % 3 == 0:
        return METRONOME
    return plan
