"""The register on a screen, in French: who, with whom, on what, when, for how much, from which page.

Every function writes to the stream it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from coopnlp.register.screen import console_on, counted, day, facts, money, period, safe, spelt, table, write
from coopnlp.register.values import RECORD_TYPES, Count, Entry, Hit, Line, RecordType, Stats, Sum
from coopnlp.types import Amount, AtlasRecord, Failure, Funding, Record

if TYPE_CHECKING:
    from rich.console import Console

    from coopnlp.register.store import Register

__all__ = ["show_document", "show_failures", "show_hits", "show_overview", "show_stats"]

_NAMES: dict[RecordType, tuple[str, str]] = {
    "partnership": ("partenariat", "Partenariats"),
    "funding": ("financement", "Financements"),
    "agreement": ("accord", "Accords"),
    "project": ("projet", "Projets"),
}
_LABELS = {
    "AGREEMENT": "accords", "AMOUNT": "montants", "COLLECTIVITY": "collectivités", "DATE": "dates",
    "EVENT": "événements", "FUNDER": "financeurs", "LOC": "lieux", "ORG": "organismes", "PER": "personnes",
    "PROJECT": "projets", "THEME": "thèmes",
}  # fmt: skip


def show_overview(register: Register, stream: IO[str], *, limit: int = 20) -> None:
    """Write what is in the register: documents, then records of each type, ``limit`` of each, then failures."""
    console = console_on(stream)
    stats = register.stats()
    write(console, _headline(stats))
    lines = register.documents(limit=limit)
    rows = [
        (d.title or "", d.kind and spelt(d.kind), day(d.date), d.source, d.pages,
         d.partnerships or "", d.fundings or "", d.agreements or "", d.projects or "")
        for d in lines
    ]  # fmt: skip
    headings = ["titre", "genre", "date", "source", "pages", "part.", "fin.", "acc.", "proj."]
    table(console, "Documents", headings, rows, stats.documents)
    for type_ in ("agreement", "partnership", "funding", "project"):
        assert type_ in RECORD_TYPES
        _lines(console, _NAMES[type_][1], register.lines(type_, limit=limit), stats.records[type_])
    show_failures(register.failures(), stream, limit=limit)


def _headline(stats: Stats) -> str:
    told = [counted(stats.documents, "document"), counted(stats.pages, "page")]
    told += [counted(stats.records[type_], _NAMES[type_][0]) for type_ in RECORD_TYPES]
    told += [f"{stats.waiting} en attente"] if stats.waiting else []
    told += [f"{stats.failed} en échec"] if stats.failed else []
    return ", ".join(told)


def _lines(console: Console, title: str, lines: Sequence[Line], total: int) -> None:
    rows = []
    for line in lines:
        what = line.object or line.scheme or ""
        kind = spelt(line.kind or "")
        if kind and kind.casefold() not in what.casefold():
            what = f"{what} ({kind})" if what else kind
        if line.status:
            what = f"{what} [{spelt(line.status)}]"
        rows.append(
            (
                line.parties[0] if line.parties else "",
                ", ".join(line.parties[1:]),
                what,
                period(line.start, line.end),
                "\n".join(map(money, line.amounts)),
                line.source,
                line.page,
            )
        )
    table(console, title, ["qui", "avec qui", "objet", "période", "montant", "source", "page"], rows, total)


def show_document(entry: Entry, stream: IO[str]) -> None:
    """Write all that was read from one document, each record with the sentences it was read from."""
    console = console_on(stream)
    record = entry.record
    title = (record.document.title if record else None) or entry.names[0]
    write(console, title, style="bold")
    told = [("source", "\n".join(entry.names)), ("empreinte", entry.sha256)]
    if entry.state != "done":
        told.append(("état", {"failed": "en échec", "waiting": "en attente"}.get(entry.state, entry.state)))
        told.append(("raison", entry.message or ""))
    if record is not None:
        info = record.document
        told += [("genre", spelt(info.kind or "")), ("date", day(info.date)), ("auteur", info.author or "")]
        told += [("pages", str(info.pages or ""))]
        told += [("thème", f"{' > '.join(t.path)} ({round(100 * t.probability)}\u00a0%)") for t in record.themes]
    if entry.versions is not None:
        told.append(("lu avec", f"coopnlp {entry.versions.library} {entry.versions.model}".rstrip()))
    facts(console, told)
    if record is None:
        return
    for type_ in ("agreement", "partnership", "funding", "project"):
        _records(console, entry, record, type_)
    if record.atlas is not None:
        write(console, "\nNotice de l’atlas", style="bold")
        facts(console, _atlas(record.atlas))
    _entities(console, record)
    for notice in record.notices:
        where = f" (p. {notice.page})" if notice.page else ""
        write(console, f"à savoir{where} : {notice.message}", style="italic")


def _records(console: Console, entry: Entry, record: Record, type_: RecordType) -> None:
    values = getattr(record, f"{type_}s")
    if not values:
        return
    write(console, f"\n{_NAMES[type_][1]}", style="bold")
    for n, value in enumerate(values):
        parties = [value.funder] if isinstance(value, Funding) else value.parties
        names = [f"{p.text} ({p.kb_id})" if p.kb_id else p.text for p in parties]
        start = value.start or (value.date if type_ == "agreement" else None)
        told = [("qui", names[0] if names else ""), ("avec qui", ", ".join(names[1:]))]
        for heading, name in (("objet", "title"), ("objet", "purpose"), ("dispositif", "scheme"), ("genre", "kind")):
            told.append((heading, spelt(getattr(value, name, None) or "")))
        told += [("description", getattr(value, "description", None) or "")]
        told += [("période", period(start, value.end)), ("état", spelt(getattr(value, "status", None) or ""))]
        told += [("montant", money(amount)) for amount in getattr(value, "amounts", ())]
        told += [("thème", " > ".join(theme.path)) for theme in getattr(value, "themes", ())]
        write(console, f"{n + 1}.")
        facts(console, told)
        for cited in entry.citations:
            if (cited.type, cited.n) == (type_, n):
                page = f" (p. {cited.page})" if cited.page else ""
                write(console, f"   « {' '.join(cited.text.split())} »{page}", style="italic")


def _atlas(atlas: AtlasRecord) -> list[tuple[str, str]]:
    def joined(names: Iterable[str | None]) -> str:
        return " ; ".join(name for name in names if name)

    return [
        ("titre", atlas.title or ""),
        ("ambassade", atlas.embassy or ""),
        ("correspondants", joined(f"{c.name} {c.email or ''}".strip() for c in atlas.embassy_contacts)),
        ("première signature", atlas.year_first_signature or ""),
        ("thèmes", "\n".join(" > ".join(path) for path in atlas.themes)),
        ("début", atlas.year_start or ""),
        ("fin", day(atlas.date_end)),
        ("état", atlas.status or ""),
        ("forme", atlas.form or ""),
        ("collectivités françaises", joined(p.text for p in atlas.french_collectivities)),
        ("partenaires étrangers", joined(f"{p.name} ({p.country})" if p.country else p.name
                                         for p in atlas.foreign_partners)),
        ("maîtres d’ouvrage", joined(atlas.owners)),
        ("maîtres d’œuvre", joined(atlas.implementers)),
        ("bénéficiaires", atlas.beneficiaries or ""),
        ("triennal", "" if atlas.triennial is None else "oui" if atlas.triennial else "non"),
        *((heading, text) for heading, text in atlas.sections),
    ]  # fmt: skip


def _entities(console: Console, record: Record) -> None:
    named: dict[str, dict[str, int]] = {}
    for entity in record.entities:
        counts = named.setdefault(_LABELS[entity.label], {})
        name = f"{entity.text} ({entity.kb_id})" if entity.kb_id else entity.text
        counts[name] = counts.get(name, 0) + 1
    if named:
        write(console, "\nNommés dans le document", style="bold")
    told: list[tuple[str, str]] = []
    for label, counts in sorted(named.items()):
        ordered = sorted(counts.items(), key=lambda pair: -pair[1])
        listed = ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in ordered[:15])
        told.append((label, listed + (f", … ({len(ordered)} en tout)" if len(ordered) > 15 else "")))
    facts(console, told)


def show_hits(hits: Sequence[Hit], stream: IO[str]) -> None:
    """Write what a search found: source, page, offsets, and the words in their sentence."""
    from rich.text import Text

    console = console_on(stream)
    if not hits:
        write(console, "Rien trouvé. Essayez moins de mots, ou le début d’un mot.")
        return
    for hit in hits:
        where = f"{hit.source}, p. {hit.page}" if hit.page else hit.source
        kind = "" if hit.type == "text" else f" [{_NAMES[hit.type][0]}]" if hit.type in RECORD_TYPES else ""
        at = "" if hit.start is None else f", {hit.start}–{hit.end}"
        write(console, f"{where}{at}{kind}", style="bold")
        if hit.title:
            write(console, f"  {hit.title}{f' ({day(hit.date)})' if hit.date else ''}")
        snippet = Text(safe(hit.snippet, line_ends=False))
        for start, end in hit.matches:
            snippet.stylize("reverse", start, end)
        console.print(Text("  … ") + snippet + Text(" …") + Text(f"\n  {hit.sha256[:12]}", style="dim"))


def show_stats(stats: Stats, stream: IO[str]) -> None:
    """Write counts and sums. Sums stand a currency each and are never added together."""
    console = console_on(stream)
    write(console, _headline(stats))
    told = [("total", _sum(s)) for s in stats.sums]
    if stats.ranges:
        told.append(("fourchettes", f"{stats.ranges} (montants donnés de tant à tant, hors des sommes)"))
    facts(console, told)
    if stats.sums:
        write(console, "Un document peut donner un total et ses parties : les deux y sont.", style="italic")
    for title, heading, counts in (
        ("Genres de documents", "genre", stats.kinds),
        ("Années", "année", stats.years),
        ("Financeurs", "qui", stats.funders[:20]),
    ):
        table(console, title, [heading, "nombre", "montant"], list(map(_count, counts)), len(counts))
    entities = [(_LABELS.get(label, label), count, "") for label, count in stats.entities.items()]
    table(console, "Entités nommées", ["genre", "nombre", "montant"], entities, len(entities))


def _count(count: Count) -> tuple[str, int, str]:
    return spelt(count.name or "(non dit)"), count.count, "\n".join(map(_sum, count.sums))


def _sum(total: Sum) -> str:
    return money(Amount(value=total.total, currency=total.currency))


def show_failures(failures: Sequence[Failure], stream: IO[str], *, limit: int | None = None) -> None:
    """Write what could not be read, and why."""
    rows = [(failure.source, failure.message or failure.error) for failure in failures[:limit]]
    table(console_on(stream), "En échec", ["source", "raison"], rows, len(failures))
