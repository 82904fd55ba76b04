"""Look up names of authorities, with the reasons for their order.

Shows a name with several readings, what a place named near it changes, a type
word, a date, and a name that is in no list.
"""

from coopnlp.gazetteer import Gazetteer

gazetteer = Gazetteer.load()
QUESTIONS = [
    {"name": "Laval"},
    {"name": "Laval", "near": ["Québec"]},
    {"name": "Saint-Denis", "near": ["La Réunion"]},
    {"name": "MRC de Bellechasse"},
    {"name": "Région Aquitaine", "date": "2009"},
    {"name": "Tambacounda", "near": ["Sénégal"]},
    {"name": "Chicoutimi", "date": "2015"},
    {"name": "Port-Imaginaire-sur-Brume"},
]

for question in QUESTIONS:
    told = "".join(f", {key} {value}" for key, value in question.items() if key != "name")
    print(f"« {question['name']} »{told}")
    candidates = gazetteer.lookup(**question)
    for candidate in candidates[:2]:
        place = candidate.place
        code = place.kb_id or "(sans code)"
        print(f"  {candidate.score:5.2f}  {code:<24}{place.name} ({place.kind}, {place.country})")
        print(f"         {' ; '.join(candidate.reasons)}")
    if not candidates:
        print("  aucune collectivité, aucun pays de ce nom")
