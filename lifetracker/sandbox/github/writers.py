"""From moments to commits: somebody who works on the files of one repository."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from lifetracker.sandbox.github import sources
from lifetracker.sandbox.github.imports import Commit
from lifetracker.sandbox.github.moments import Moment
from lifetracker.sandbox.github.people import ON_GITHUB, STRANGERS, WEB_FLOW, Person
from lifetracker.sandbox.github.plans import Plan
from lifetracker.sandbox.github.sources import Source

GENERAL = ("Tidy up", "Fix typo", "Simplify", "wip", "Remove dead code", "Rename things")
FOLDERS = {"py": "app", "ts": "src", "js": "src", "go": "internal", "rs": "src", "css": "styles"}
YEARS_AGO = 1_350_000_000  # 2012, when strangers began what was forked later
DAY = 86_400

Changes = dict[str, bytes | None]


@dataclass(slots=True)
class Pull:
    """A pull request that is being worked on; `left` commits to go."""

    number: int
    title: str
    left: int
    changes: Changes = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return f"refs/pull/{self.number}/head"


class Writer:
    """Everything it does follows from its plan, the random stream and the moments."""

    def __init__(self, plan: Plan, rng: Random) -> None:
        self.plan, self._rng = plan, rng
        self._files: dict[str, Source] = {}
        self._names = 0
        self._commits = 0
        self._pulls = 0
        self._pull: Pull | None = None

    def write(self, moment: Moment, branch: str) -> Iterator[Commit]:
        """Yield the commits of one moment: one, or a merge as well."""
        main = f"refs/heads/{branch}"
        if not self._files:
            yield self._commit(main, moment, "Initial commit", self._beginning())
            return
        if self._pull is not None and not self._pull.left:
            yield from self._merged(main, moment, self._pull)
            return
        self._commits += 1
        if self._pull is None and self.plan.pulls and self._begins_pull():
            self._pulls += 1
            self._pull = Pull(self._pulls, self._subject(moment), self._rng.randint(2, 5))
        changes = self._work()
        message = self._message(moment, changes)
        if self._pull is None:
            yield self._commit(main, moment, message, changes)
            return
        base = None if self._pull.changes else main
        self._pull.changes |= changes
        self._pull.left -= 1
        yield self._commit(self._pull.ref, moment, message, changes, base=base)

    def _begins_pull(self) -> bool:
        """Return whether a pull request begins now: the first one soon, so that there is one in a short history as well."""
        return self._rng.random() < 0.06 or (self._commits > 3 and not self._pulls)

    def strangers(self) -> Iterator[Commit]:
        """Yield the history that was there before a fork."""
        at, zones = YEARS_AGO, ("+0200", "-0300", "+0530", "-1130")
        for n in range(64):
            at += self._rng.randint(DAY // 8, 40 * DAY)
            person, zone = self._rng.choice(STRANGERS), self._rng.choice(zones)
            changes = self._work() if n else self._beginning()
            subject = f"{self._rng.choice(GENERAL)} ({n})" if n else "First click"
            main = f"refs/heads/{self.plan.branch}"
            yield Commit(main, person, at, person, at, zone, subject, changes)

    def _merged(self, main: str, moment: Moment, pull: Pull) -> Iterator[Commit]:
        """Something small on the branch itself first, so that there is something to merge."""
        self._pull = None
        note = self._source_at("NOTES.md")
        note.edit(self._rng, self.plan.nouns)
        changes: Changes = {note.path: note.content()}
        yield self._commit(main, moment, "Write it down", changes)
        message = f"Merge pull request #{pull.number} from work/{pull.number}\n\n{pull.title}"
        changes = {path: text for path, text in pull.changes.items() if path not in changes}
        yield Commit(
            *(main, ON_GITHUB, moment.committed, WEB_FLOW, moment.committed, moment.zone),
            *(message, changes),
            merge=pull.ref,
        )

    def _commit(
        self, ref: str, moment: Moment, message: str, changes: Changes, base: str | None = None
    ) -> Commit:
        person: Person = moment.person
        return Commit(
            *(ref, person, moment.at, person, moment.committed, moment.zone, message, changes),
            base=base,
        )

    def _beginning(self) -> Changes:
        readme = self._source_at("README.md")
        changes: Changes = {readme.path: readme.content(), ".gitignore": b"*.log\n/tmp/\n"}
        for kind in dict.fromkeys(self.plan.kinds):
            source = self._new(kind)
            changes[source.path] = source.content()
        if self.plan.npm:
            changes |= self._locked()
            changes["public/vendor/tiny-router.js"] = sources.vendored(self._rng)
        if self.plan.images:
            changes["images/logo.png"] = sources.image(self._rng)
        return changes

    def _work(self) -> Changes:
        """Return what one commit changes."""
        changes: Changes = {}
        for _ in range(self._rng.choices((1, 2, 3), (6, 3, 1))[0]):
            source = self._touched()
            changes[source.path] = source.content()
        chosen = self._rng.random()
        if chosen < 0.03:
            changes |= self._moved()
        elif chosen < 0.06 and self.plan.npm:
            changes |= self._locked()
        elif chosen < 0.08 and self.plan.images:
            changes[f"images/{self._rng.choice(self.plan.nouns)}.png"] = sources.image(self._rng)
        return changes

    def _touched(self) -> Source:
        kind = self._rng.choice(self.plan.kinds)
        files = [one for one in self._files.values() if one.kind == kind and not one.is_full]
        if not files or self._rng.random() < 0.06:
            return self._new(kind)
        source = self._rng.choice(files)
        source.edit(self._rng, self.plan.nouns)
        return source

    def _moved(self) -> Changes:
        """Return a file under another name and otherwise as it was."""
        source = self._rng.choice(list(self._files.values()))
        if source.path in ("README.md", "NOTES.md"):
            return {}
        old = source.path
        del self._files[old]
        source.path = f"lib/{self._unused()}.{source.kind}"
        self._files[source.path] = source
        return {old: None, source.path: source.content()}

    def _locked(self) -> Changes:
        name = self.plan.name
        lock = sources.lock_file(self._rng, name, 30 + self._names)
        return {"package-lock.json": lock}

    def _new(self, kind: str) -> Source:
        folder = FOLDERS.get(kind, "docs" if kind == "md" else "")
        name = f"{self._unused()}.{kind}"
        return self._source_at(f"{folder}/{name}" if folder else name)

    def _source_at(self, path: str) -> Source:
        """Return an existing file, or else a new one that has begun."""
        if path not in self._files:
            topic = self.plan.name.replace("-", " ")
            self._files[path] = Source(path, topic)
            self._files[path].begin(self._rng, self.plan.nouns)
        return self._files[path]

    def _unused(self) -> str:
        self._names += 1
        return f"{self._rng.choice(self.plan.nouns)}{self._names}"

    def _subject(self, moment: Moment) -> str:
        text = (moment.text or "").strip()
        return text or self._rng.choice(GENERAL)

    def _message(self, moment: Moment, changes: Changes) -> str:
        subject, path = self._subject(moment), next(iter(changes))
        how = self._rng.random()
        if how < 0.35:
            return subject
        if how < 0.6:
            return f"{subject}: {self._rng.choice(sources.VERBS)} {path.rpartition('/')[2]}"
        if how < 0.9:
            return f"{self._rng.choice(GENERAL)} in {path}"
        return f"{subject}\n\nAs agreed with Ines; the rest of it\ncomes next week.\n"
