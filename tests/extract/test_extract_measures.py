"""The measures of tests/benchmarks/extraction: right on readings whose faults are known."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.extraction.distance import distance, nearest
from tests.benchmarks.extraction.documents import make
from tests.benchmarks.extraction.scores import Reading, character_errors, score
from tests.benchmarks.extraction.truth import TrueBlock, TrueLine, Truth

FEW = st.text("abc ", max_size=9)


def _slow(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@settings(deadline=None)
@given(FEW, FEW)
def test_the_fast_distance_is_levenshteins(a: str, b: str) -> None:
    assert distance(a, b) == _slow(a, b)


@settings(deadline=None)
@given(FEW, FEW)
def test_the_nearest_part_is_as_near_as_any_part(pattern: str, text: str) -> None:
    cost, start, end = nearest(pattern, text)
    parts = [text[i:j] for i in range(len(text) + 1) for j in range(i, len(text) + 1)]
    assert cost == _slow(pattern, text[start:end]) == min(_slow(pattern, part) for part in parts)


def test_a_hyphen_that_the_line_end_put_in_is_mended_and_one_of_the_word_is_kept() -> None:
    lines = [TrueLine("la coopé-", 1, 1, broken=True), TrueLine("ration avec Saint-", 1, 1), TrueLine("Denis", 1, 1)]
    assert TrueBlock("paragraph", lines).text == "la coopération avec Saint-Denis"


def test_order_of_blocks_costs_no_characters_but_letters_do() -> None:
    pieces = ["Le conseil approuve la convention.", "La commune de Troyes y participe."]
    assert character_errors(pieces, " ".join(reversed(pieces))) == (0, 67)
    assert character_errors(pieces, " ".join(pieces).replace("Troyes", "Trcyes"))[0] == 1


def test_missing_and_left_over_text_count_once_where_one_stands_for_the_other() -> None:
    assert character_errors(["Le maire signe la convention"], "")[0] == 28
    assert character_errors(["Le maire signe la convention"], "zzzz zzzz")[0] == 28
    assert character_errors(["signe"], "Le maire, hier, signe") == (15, 5)


def _columns() -> Truth:
    left = ["La commune de Troyes reçoit", "une délégation de Tournai et", "lui remet le rapport annuel"]
    right = ["Le budget de la coopération", "est en hausse de trois pour", "cent sur toute la période"]
    blocks = [
        TrueBlock("paragraph", [TrueLine(text, 1, frame) for text in column])
        for frame, column in enumerate((left, right))
    ]
    return Truth("colonnes", "columns", blocks, pages=1)


def test_columns_read_across_lose_their_order() -> None:
    truth = _columns()
    straight = [line.text for block in truth.blocks for line in block.lines]
    across = [block.lines[row].text for row in range(3) for block in truth.blocks]
    assert score(truth, Reading(straight)).values()["order"] == 1.0
    # the six lines make five pairs of neighbours; across the page none of them is left
    assert score(truth, Reading(across)).values()["order"] == 0.0


def test_a_side_note_may_stand_between_two_blocks_but_not_inside_one() -> None:
    truth = _columns()
    truth.blocks.insert(0, TrueBlock("paragraph", [TrueLine("Voir aussi la page douze", 1, 9)], floating=True))
    lines = [line.text for block in truth.blocks[1:] for line in block.lines]
    note = "Voir aussi la page douze"
    assert score(truth, Reading([*lines[:3], note, *lines[3:]])).values()["order"] == 1.0
    assert score(truth, Reading([*lines[:2], note, *lines[2:]])).values()["order"] == 0.8


def test_cells_are_right_where_their_neighbours_are() -> None:
    grid = [["Pays", "Montant"], ["Mali", "12 000 €"], ["Togo", "3 500 €"]]
    truth = Truth("tableau", "table", [TrueBlock("table", rows=grid)], pages=1)
    lines = [" ".join(row) for row in grid]
    assert score(truth, Reading(lines, tables=[grid])).values()["cells"] == 1.0
    # without its last row 4 of 7 pairs are found, and none that is false
    assert score(truth, Reading(lines, tables=[grid[:2]])).values()["cells"] == 2 * 4 / (4 + 7)
    assert score(truth, Reading(lines, tables=[])).values()["cells"] == 0.0


def test_levels_count_from_the_highest_below_the_title() -> None:
    texts = [("Rapport annuel", 1, True), ("Les actions", 2, False), ("Le budget", 3, False)]
    blocks = [TrueBlock("heading", [TrueLine(text, 1, 1)], level=level, title=title) for text, level, title in texts]
    truth = Truth("titres", "numbered", blocks, pages=1)
    lines = [text for text, *_ in texts]
    shifted = score(truth, Reading(lines, headings=[("Rapport annuel", 1), ("Les actions", 1), ("Le budget", 2)]))
    assert shifted.values()["levels"] == 1.0
    flat = score(truth, Reading(lines, headings=[("Rapport annuel", 1), ("Les actions", 2), ("Le budget", 2)]))
    assert (flat.values()["headings"], round(flat.values()["levels"], 3)) == (1.0, 0.667)


def test_running_heads_are_forgiven_on_lines_of_their_own_and_counted() -> None:
    truth = _columns()
    truth.running = ["Bulletin municipal", "– 3 –", "Ville de Troyes"]
    lines = [line.text for block in truth.blocks for line in block.lines]
    found = score(truth, Reading(["Bulletin municipal – 3 –", *lines])).values()
    assert (found["cer"], round(found["running_left"], 3)) == (0.0, 0.667)
    inside = score(truth, Reading([*lines[:-1], f"{lines[-1]} Ville de Troyes"])).values()
    assert inside["cer"] > 0
    assert round(inside["running_left"], 3) == 0.333


def test_the_same_name_makes_the_same_document_and_its_truth_reads_as_right() -> None:
    first, again = make("dev", "columns-2", 0), make("dev", "columns-2", 0)
    assert first.data == again.data
    blocks = [block.text for block in first.truth.blocks]
    headings = [(b.text, b.level or 1) for b in first.truth.blocks if b.kind == "heading"]
    perfect = score(first.truth, Reading(blocks, blocks, [], headings)).values()
    assert perfect["cer"] == 0.0
    assert perfect["order"] == perfect["headings"] == perfect["levels"] == perfect["blocks"] == 1.0
