"""The index of the words of foods: a table of FTS5 on SQLite, GIN indexes and a table of words on PostgreSQL, without an
extension. Triggers keep it right, whoever writes a food: a form, an import, a restored backup.

`migrate` makes it at its end, whenever it is not there as it is written here: where SQLite changes a table it makes it anew,
without its triggers.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from nutrition.models import FoodItem

TABLE = "nutrition_fooditem"
INDEX = "nutrition_foodindex"
WORDS = "nutrition_foodword"
#: Of SQLite: foods are numbered by their place, so that they are found in the order in which they are shown. One's own are
#: the first 2^31, the others follow by how often they are scanned.
PLACES = 2**31

# --- SQLite ---------------------------------------------------------------------------------------

_OWN = (
    "CASE WHEN {row}source = 'Manual' THEN 0 ELSE 2147483648 - min({row}popularity, 2147483647) END"
)
_PLACE = f"({_OWN}) * 2147483648 + {{row}}id"
#: Each beginning of a word has a list of its own, up to so many letters: to merge those of its words takes a hundred times
#: longer. Nothing but numbers of foods is kept.
_FTS = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(search_text, content='', detail='none', tokenize='ascii', "
    "prefix='2 3 4 5 6 7 8 9')"
)
_ADD = f"INSERT INTO {INDEX}(rowid, search_text) SELECT {_PLACE}, {{row}}search_text"
_REMOVE = f"INSERT INTO {INDEX}({INDEX}, rowid, search_text) SELECT 'delete', {_PLACE}, {{row}}search_text"
_ADD_NEW = _ADD.format(row="new.") + " WHERE new.deleted_at IS NULL"
_REMOVE_OLD = _REMOVE.format(row="old.") + " WHERE old.deleted_at IS NULL"
_CHANGED = (
    "old.search_text IS NOT new.search_text OR old.popularity IS NOT new.popularity "
    "OR old.source IS NOT new.source OR old.deleted_at IS NOT new.deleted_at"
)
ON_SQLITE = {
    INDEX: _FTS,
    f"{INDEX}_added": f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} BEGIN {_ADD_NEW}; END",
    f"{INDEX}_removed": f"CREATE TRIGGER {INDEX}_removed AFTER DELETE ON {TABLE} BEGIN {_REMOVE_OLD}; END",
    f"{INDEX}_changed": (
        f"CREATE TRIGGER {INDEX}_changed AFTER UPDATE ON {TABLE} WHEN {_CHANGED} "
        f"BEGIN {_REMOVE_OLD}; {_ADD_NEW}; END"
    ),
}
_FILL = f"{_ADD.format(row='')} FROM {TABLE} WHERE deleted_at IS NULL ORDER BY 1"

# --- PostgreSQL -----------------------------------------------------------------------------------


class Tier(NamedTuple):
    """Foods that are looked for one after the other, until there are enough. `indexed`: which these are, and maybe those of
    the tiers before, as its index has them; `condition`: which these are alone."""

    name: str
    indexed: str
    condition: str


#: A GIN index does not know which foods are scanned often, and to sort all that have a common word takes too long.
OTHERS = "source <> 'Manual' AND popularity"
TIERS = (
    Tier("own", "source = 'Manual'", "source = 'Manual'"),
    Tier("scanned_10000", "popularity >= 10000", f"{OTHERS} >= 10000"),
    Tier("scanned_1000", "popularity >= 1000", f"{OTHERS} >= 1000 AND popularity < 10000"),
    Tier("scanned_100", "popularity >= 100", f"{OTHERS} >= 100 AND popularity < 1000"),
    Tier("scanned_10", "popularity >= 10", f"{OTHERS} >= 10 AND popularity < 100"),
    Tier("all", "TRUE", f"{OTHERS} < 10"),
)
VECTOR = "array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''))"
_ADD_WORDS = (
    f"INSERT INTO {WORDS} SELECT DISTINCT unnest(string_to_array(search_text, ' ')) FROM {{rows}} "
    "ON CONFLICT DO NOTHING"
)
ON_POSTGRESQL = (
    f"DROP TABLE IF EXISTS {WORDS}",
    f'CREATE TABLE {WORDS} (word text COLLATE "C" PRIMARY KEY)',
    _ADD_WORDS.format(rows=TABLE),
    f"CREATE OR REPLACE FUNCTION {WORDS}s_added() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$BEGIN {_ADD_WORDS.format(rows='added')}; RETURN NULL; END$$",
    *(
        f"CREATE OR REPLACE TRIGGER {INDEX}_{event.lower()} AFTER {event} ON {TABLE} "
        f"REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {WORDS}s_added()"
        for event in ("INSERT", "UPDATE")
    ),
    *(f"DROP INDEX IF EXISTS {INDEX}_{tier.name}" for tier in TIERS),
    *(
        f"CREATE INDEX {INDEX}_{tier.name} ON {TABLE} USING gin (({VECTOR})) "
        f"WHERE deleted_at IS NULL AND {tier.indexed}"
        for tier in TIERS
    ),
)
#: How it is known that all of this is there.
_KNOWN = (
    f"SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = '{INDEX}_insert'"
)
VERSION = "words 1"


def make_index() -> None:
    """Make the index, unless it is there already. Raises ImproperlyConfigured where SQLite was built without FTS5."""
    if connection.vendor == "sqlite":
        make_on_sqlite()
    else:
        make_on_postgresql()


def make_on_sqlite() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
        if not cursor.fetchone():
            raise ImproperlyConfigured(
                "This Python's SQLite has no full-text search (FTS5), which finding foods needs. Use the Python of "
                "python.org, of uv or of your system, or a PostgreSQL as DATABASE_URL."
            )
        names = ", ".join(["%s"] * len(ON_SQLITE))
        query = f"SELECT name, sql FROM sqlite_master WHERE name IN ({names})"
        cursor.execute(query, list(ON_SQLITE))
        if dict(cursor.fetchall()) == ON_SQLITE:
            return
        for name in ON_SQLITE:
            cursor.execute(f"DROP {'TABLE' if name == INDEX else 'TRIGGER'} IF EXISTS {name}")
        for statement in [*ON_SQLITE.values(), _FILL]:
            cursor.execute(statement)


def make_on_postgresql() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        if cursor.fetchone() == (VERSION,):
            return
        for statement in ON_POSTGRESQL:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON TRIGGER {INDEX}_insert ON {TABLE} IS '{VERSION}'")


def index_foods() -> None:
    """Put the index in order after many foods were stored, so that searching it is fast at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('optimize')")
            cursor.execute(f"ANALYZE {TABLE}")
            return
        for tier in TIERS:
            cursor.execute("SELECT gin_clean_pending_list(%s)", [f"{INDEX}_{tier.name}"])
        cursor.execute(f"ANALYZE {TABLE}")
        cursor.execute(f"ANALYZE {WORDS}")


def make_after_migrations(**options: object) -> None:
    """Make the index once the table of foods is there: `migrate` may have taken it away."""
    if FoodItem._meta.db_table in connection.introspection.table_names():
        make_index()
