"""Small source files that look written, in several languages, and how they grow."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from string import Template

VERBS = ("load", "find", "check", "merge", "count", "split", "read", "store", "sort", "send")
LONGEST = 34  # blocks; then it is time for another file

# For each kind of file: how it begins, then blocks of which it consists.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "py": (
        '"""$Noun of the $topic."""\n\nfrom dataclasses import dataclass\n',
        'def ${verb}_$noun(rows, limit=$n):\n    """At most `limit` of them."""\n'
        "    found = [row for row in rows if row.weight > $m]\n    return found[:limit]\n",
        "@dataclass(frozen=True)\nclass $Noun$n:\n    name: str\n    weight: float = $m.0\n\n"
        "    @property\n    def is_heavy(self):\n        return self.weight > $n\n",
        "def ${verb}_${noun}_$m(value):\n    # Rounded as on paper.\n    if value is None:\n"
        "        raise ValueError('$noun is missing')\n    return round(value * $n / 100, 2)\n",
    ),
    "ts": (
        'import { ${noun}Store } from "./store";\n',
        "export function $verb$Noun$n(items: $Noun[]): $Noun[] {\n"
        "  // The newest first.\n  const chosen = items.filter((item) => item.size > $m);\n"
        "  return chosen.slice(0, $n);\n}\n",
        "export interface $Noun$m {\n  id: number;\n  label: string;\n  size?: number;\n}\n",
        "export async function $verb${Noun}Later(id: number): Promise<void> {\n"
        "  const answer = await fetch(`/api/$noun/$${id}?limit=$n`);\n"
        '  if (!answer.ok) {\n    throw new Error("$noun: $m");\n  }\n}\n',
    ),
    "js": (
        '"use strict";\n\nconst state = { $noun: [] };\n',
        "function $verb$Noun(list) {\n  return list.filter((one) => one.at > $m).slice(0, $n);\n}\n",
        "/* Called once for each $noun. */\nfunction on$Noun$n(event) {\n  event.preventDefault();\n"
        "  state.$noun.push({ at: $m, name: event.target.value });\n}\n",
        'document.querySelectorAll(".$noun").forEach((node) => {\n'
        '  node.addEventListener("click", () => $verb$Noun(state.$noun));\n'
        "  node.dataset.limit = $n;\n});\n",
    ),
    "go": (
        'package $noun\n\nimport (\n\t"errors"\n\t"sort"\n)\n',
        "// $Verb$Noun returns at most $n of them.\nfunc $Verb$Noun(all []$Noun) []$Noun {\n"
        "\tsort.Slice(all, func(i, j int) bool { return all[i].At < all[j].At })\n"
        "\tif len(all) > $n {\n\t\treturn all[:$n]\n\t}\n\treturn all\n}\n",
        "type $Noun$m struct {\n\tID   int64\n\tName string\n\tAt   int64 // seconds\n}\n",
        "func (s *Store) $Verb$Noun$n(id int64) error {\n\tif id < $m {\n"
        '\t\treturn errors.New("no such $noun")\n\t}\n\ts.seen[id] = $n\n\treturn nil\n}\n',
    ),
    "rs": (
        "//! $Noun, chapter by chapter.\n\nuse std::collections::HashMap;\n",
        "pub fn ${verb}_$noun(values: &[u32]) -> u32 {\n"
        "    values.iter().filter(|v| **v > $m).take($n).sum()\n}\n",
        "#[derive(Debug, Clone)]\npub struct $Noun$n {\n    pub name: String,\n    pub size: u64,\n}\n",
        "#[test]\nfn ${verb}s_${noun}_$m() {\n    let mut seen = HashMap::new();\n"
        '    seen.insert("$noun", $n);\n    assert_eq!(seen.len(), 1);\n}\n',
    ),
    "html": (
        '<!doctype html>\n<html lang="de">\n<head>\n  <meta charset="utf-8">\n'
        "  <title>$Noun</title>\n</head>\n<body>\n",
        '<section class="$noun">\n  <h2>$Noun $n</h2>\n  <p>Größe: $m</p>\n</section>\n',
        '<form action="/$noun/$verb" method="post">\n  <label>$Noun\n'
        '    <input name="$noun" maxlength="$n">\n  </label>\n  <button>OK</button>\n</form>\n',
        '<!-- $topic -->\n<ul id="$noun-$m">\n  <li>$n</li>\n</ul>\n',
    ),
    "css": (
        ":root {\n  --ink: #1c2430;\n  --gap: ${n}px;\n}\n",
        ".$noun {\n  margin: ${n}px;\n  padding: var(--gap);\n}\n",
        "/* $topic */\n.$noun-$m {\n  display: grid;\n  gap: ${n}px;\n}\n",
        "@media (min-width: ${n}0px) {\n  .$verb-$noun {\n    flex: $m;\n  }\n}\n",
    ),
    "sh": (
        "#!/bin/sh\n# $Noun\nset -eu\n",
        '${verb}_$noun() {\n    find "$$1" -name "*.$noun" -mtime +$n\n}\n',
        'if [ "$${$Noun$m:-}" = "" ]; then\n    echo "$noun is not set" >&2\n    exit $n\nfi\n',
        '# Wait for the $noun.\nfor try in 1 2 3; do\n    sleep $n\n    ${verb}_$noun "$$try" && break\n'
        "done\n",
    ),
    "md": (
        "# $Topic\n\nNotes on the $noun.\n",
        "## $Noun\n\n- $verb: $n\n- Größe: $m\n",
        "Before you $verb the $noun, count to $n.\n",
        "```\nmake $verb-$noun LIMIT=$n\n```\n",
    ),
}


@dataclass(slots=True)
class Block:
    template: int
    verb: str
    noun: str
    text: str = ""


@dataclass(slots=True)
class Source:
    """A file that is written on, block by block."""

    path: str
    topic: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def is_full(self) -> bool:
        return len(self.blocks) >= LONGEST

    def content(self) -> bytes:
        return "\n".join(block.text for block in self.blocks).encode()

    def begin(self, rng: Random, nouns: Sequence[str]) -> None:
        self._add(rng, 0, nouns)
        self.grow(rng, nouns)

    def grow(self, rng: Random, nouns: Sequence[str]) -> None:
        for _ in range(rng.choices((1, 2, 3), (5, 3, 2))[0]):
            self._add(rng, rng.randrange(1, len(TEMPLATES[self.kind])), nouns)

    def tweak(self, rng: Random) -> None:
        """Other numbers in a few places."""
        for block in rng.sample(self.blocks, min(len(self.blocks), rng.randint(1, 3))):
            block.text = self._text(rng, block)

    def edit(self, rng: Random, nouns: Sequence[str]) -> None:
        how = rng.random()
        if how < 0.6:
            self.grow(rng, nouns)
            return
        if how > 0.9 and len(self.blocks) > 3:
            del self.blocks[rng.randrange(1, len(self.blocks))]
        self.tweak(rng)

    def _add(self, rng: Random, template: int, nouns: Sequence[str]) -> None:
        block = Block(template, rng.choice(VERBS), rng.choice(nouns))
        block.text = self._text(rng, block)
        self.blocks.append(block)

    def _text(self, rng: Random, block: Block) -> str:
        return Template(TEMPLATES[self.kind][block.template]).substitute(
            verb=block.verb,
            Verb=block.verb.capitalize(),
            noun=block.noun,
            Noun=block.noun.capitalize(),
            topic=self.topic,
            Topic=self.topic.capitalize(),
            n=rng.randint(2, 99),
            m=rng.randint(1, 60),
        )


def lock_file(rng: Random, name: str, packages: int) -> bytes:
    """Return a `package-lock.json`: long, generated, and not what anybody wrote."""
    found = {"": {"name": name, "version": "1.0.0", "license": "UNLICENSED"}}
    for n in range(packages):
        version = f"{rng.randint(0, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}"
        found[f"node_modules/{name}-part-{n}"] = {
            "version": version,
            "resolved": f"https://registry.example.org/part-{n}-{version}.tgz",
            "integrity": f"sha512-{rng.getrandbits(256):064x}",
        }
    lock = {"name": name, "lockfileVersion": 3, "requires": True, "packages": found}
    return json.dumps(lock, indent=2).encode() + b"\n"


def vendored(rng: Random) -> bytes:
    """Somebody else's code, copied in."""
    lines = [f"var q{n}=function(a){{return a*{rng.randint(2, 999)}}};" for n in range(180)]
    return "\n".join(("/*! tiny-router 2.4 | MIT */", *lines, "")).encode()


def image(rng: Random) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + rng.randbytes(rng.randint(700, 2400))
