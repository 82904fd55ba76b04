"""Killed at random moments, a batch ends with the register of one that was left alone."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.kills import kill_at_random


def test_killed_five_times_a_batch_ends_with_the_same_register(tmp_path: Path) -> None:
    folder = tmp_path / "fonds"
    folder.mkdir()
    for n in range(80):
        (folder / f"pv-{n:03}.txt").write_text(f"LENT Délibération numéro {n} pour Bamako, " + "mot " * (n % 7))
    (folder / "vide.txt").write_text("VIDE rien")
    (folder / "copie.txt").write_bytes((folder / "pv-007.txt").read_bytes())
    told = kill_at_random(folder, tmp_path, kills=5, workers=1, seed=20)
    assert told["identical"], told
    assert (told["documents"], told["waiting"]) == (80, 0)
