"""Whether a restored county is the one that was backed up: told in sentences, each true or not."""

from collections.abc import Iterator
from dataclasses import dataclass

from weimin.catalogue.models import ArticleChange, Change
from weimin.catalogue.services import content_of
from weimin.county.sealed.resealing import count_all, open_all
from weimin.kernel.progress import Progress
from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters.models import Matter
from weimin.matters.proofs import open_timelines
from weimin.matters.tallies import differences as counts_that_differ

from .dumps import differences
from .entries import ENTRIES, told
from .live import live_rows, live_tables
from .manifest import Manifest, ledger_digest
from .snapshot import quoted


@dataclass(frozen=True)
class Finding:
    right: bool
    sentence: str


def check_content() -> Iterator[Finding]:
    """What the rows of the chosen county say, against the ledger and a recount."""
    yield _sealed()
    yield _timelines()
    yield _changes()
    yield _tallies()


def check_rows(manifest: Manifest) -> Finding:
    """Every table and the ledger of the chosen county, as they stand in the database now, against the manifest."""
    names = live_tables()
    tables = {}
    with Progress(len(names), "Counting tables") as progress:
        for name in names:
            tables[name] = int(next(live_rows(f"SELECT count(*) FROM {quoted(name)}"))[0])  # noqa: S608 -- from the catalog
            progress.step()
    wrong = differences(manifest, tables, ledger_digest(told(live_rows(ENTRIES), county=manifest.county)))
    rows = sum(tables.values())
    entries, last = manifest.ledger["entries"], manifest.ledger["last"]
    whole = (
        f"{rows:,} rows in {len(tables)} tables, as backed up; "
        f"{entries:,} ledger entries, to number {last}, give the same digest."
    )
    return Finding(not wrong, " ".join(wrong) or whole)


def _sealed() -> Finding:
    with Progress(count_all(), "Opening sealed fields") as progress:
        found = open_all(progress.step)
    opened = found.pop("opened", 0)
    if found:
        tables = ", ".join(f"{rows:,} rows of {table}" for table, rows in sorted(found.items()))
        return Finding(False, f"Sealed fields do not open with the data keys that are here: {tables}.")
    return Finding(True, f"{opened:,} sealed fields open with their data keys.")


def _timelines() -> Finding:
    total = Matter.objects.count()
    with Progress(total, "Opening commitments") as progress:
        opened = open_timelines(progress.step)
    if opened.unproved:
        numbers = sorted(set(opened.unproved))
        return Finding(
            False,
            f"{len(opened.unproved):,} lines in {len(numbers):,} matters are not what the ledger committed to, "
            f"first {', '.join(numbers[:5])}.",
        )
    return Finding(
        True, f"{opened.lines:,} lines in the timelines of {total:,} matters are what the ledger committed to."
    )


def _changes() -> Finding:
    """Changes of rules name their entry; changes of articles are looked for among the entries about theirs."""
    right, wrong = 0, []
    for change in Change.objects.order_by("pk").iterator():
        entry = Entry.objects.filter(pk=change.entry).first()
        if entry and verify(change.content, salt=bytes(change.salt), commitment=entry.commitment):
            right += 1
        else:
            wrong.append(f"entry {change.entry}")
    for said in ArticleChange.objects.select_related("article").order_by("pk").iterator():
        entries = Entry.objects.filter(about=f"article:{said.article.code}", at=said.at)
        if any(verify(content_of(said), salt=bytes(said.salt), commitment=entry.commitment) for entry in entries):
            right += 1
        else:
            wrong.append(f"article {said.article.code}")
    if wrong:
        return Finding(
            False,
            f"{len(wrong):,} changes of rules or articles are not what the ledger committed to, first {wrong[0]}.",
        )
    return Finding(True, f"{right:,} changes of rules and articles are what the ledger committed to.")


def _tallies() -> Finding:
    wrong = counts_that_differ()
    if wrong:
        key, lacking = next(iter(wrong.items()))
        return Finding(
            False,
            f"{len(wrong):,} running counts differ from a recount, first {key}, which is {-lacking:+,} off.",
        )
    return Finding(True, "The running counts are those of a recount.")
