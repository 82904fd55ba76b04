"""Look up names of authorities, with the reasons for their order.

Shows a name with several readings, what a place named near it changes, a type
word, a date, and a name that is in no list.
"""

from coopnlp.gazetteer import Gazetteer

gazetteer = Gazetteer.load()
QUESTIONS: list[tuple[str, list[str], str | None]] = [  # name, names near it, year
    ("Laval", [], None),
    ("Laval", ["Mayenne"], None),
    ("Saint-Denis", ["La Réunion"], None),
    ("MRC de Bellechasse", [], None),
    ("Région Aquitaine", [], "2009"),
    ("Tambacounda", ["Sénégal"], None),
    ("Chicoutimi", [], "2015"),
    ("Port-Imaginaire-sur-Brume", [], None),
]

for name, near, date in QUESTIONS:
    print(f"« {name} »" + "".join(f", près de {other}" for other in near) + (f", en {date}" if date else ""))
    candidates = gazetteer.lookup(name, near=near, date=date)
    for candidate in candidates[:2]:
        place = candidate.place
        code = place.kb_id or "(sans code)"
        print(f"  {candidate.score:5.2f}  {code:<24}{place.name} ({place.kind}, {place.country})")
        print(f"         {' ; '.join(candidate.reasons)}")
    if not candidates:
        print("  aucune collectivité, aucun pays de ce nom")
