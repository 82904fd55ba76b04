"""Whether a text layer is French or noise."""

from __future__ import annotations

import pytest
from extract_makers import PARAGRAPHS

from coopnlp.extract.text_layer import MAX_NOISE, is_noise, noise_share
from coopnlp.training.augment import add_errors
from coopnlp.training.corpus import Annotated

TEXT = " ".join(PARAGRAPHS)


def test_french_is_no_noise() -> None:
    assert noise_share(TEXT.split()) == 0.0


@pytest.mark.parametrize("rate", [0.06, 0.1, 0.2])
def test_misread_text_is_noise(rate: float) -> None:
    assert is_noise(add_errors(Annotated("a", TEXT, ()), rate).text.split())


def test_a_misread_letter_here_and_there_is_no_noise() -> None:
    share = noise_share(add_errors(Annotated("a", TEXT, ()), 0.01).text.split())
    assert share is not None
    assert 0 < share < MAX_NOISE


@pytest.mark.parametrize(
    "broken",
    [
        TEXT.encode().decode("cp1252", "replace"),
        "".join(chr(ord(c) - 29) if c.isalpha() and ord(c) > 61 else c for c in TEXT),
        "".join(chr(0xF000 + ord(c)) if c.isalpha() else c for c in TEXT),
        " ".join(TEXT),
    ],
    ids=["twice encoded", "glyph numbers", "private codes", "letters apart"],
)
def test_broken_encodings_are_noise(broken: str) -> None:
    assert is_noise(broken.split())


@pytest.mark.parametrize(
    "text",
    [
        "Présents : Brahim ABBOU, Frédéric ARAGON, Michel ASLANIAN, Eva BECCARIA, Annie BENEZECH, Nancy CANAUD, "
        "Tatiana CAPUOZZI, Marlène CASTRE, Josette CLAVERIE, Perla DANAN, Michael DELAFOSSE, Gabrielle DELONCLE, "
        "Fanny DOMBRE-COSTE, Jacques DOMERGUE, Marc DUFOUR, Christian DUMONT, Sarah EL ATMANI, Laure FARGIER",
        "1 250,00 € 3 400,00 € n°2011-45 A9 km2 20h30 1er 2e C.G.C.T. www.ville.fr mairie@ville.fr " * 8,
        "The town council of the city and the members of the committee approved that this agreement was signed with "
        "the partners of the region for the training of the staff and the management of water in the villages",
        "Le conseil approuve la convention.",
    ],
    ids=["names", "figures", "English", "a line"],
)
def test_what_says_nothing_is_left_alone(text: str) -> None:
    assert not is_noise(text.split())
