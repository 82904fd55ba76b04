"""What is kept between two requests: the columns of a catalogue, and the pages made of it."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from coopnlp.web.dashboard.columns import Columns, load
from coopnlp.web.index import Index, stamp_of
from coopnlp.web.kept import Kept
from coopnlp.web.site import Site

__all__ = ["Board", "board_of"]

# Pages of one catalogue; one holds some hundred kilobytes of figures.
_PAGES = 48


class Board:
    """A catalogue by columns, and what was made of it. Nothing in it changes but what is kept."""

    def __init__(self, index: Index, columns: Columns) -> None:
        self.index, self.columns = index, columns
        self.kept = Kept(_PAGES)


_BOARDS: WeakKeyDictionary[Site, Board] = WeakKeyDictionary()
_LOADING = threading.Lock()


def board_of(connection: sa.Connection, site: Site) -> Board:
    """Return the board of the catalogue as the site shows it, made anew where the catalogue has changed.

    Called in a thread. While a change of the catalogue is not yet in the site's index, the board before it is shown.
    """
    board = _BOARDS.get(site)
    if board is not None and (board.index is site.index or _LOADING.locked()):
        return board
    with _LOADING:  # one thread reads; the others wait where there is nothing yet
        board = _BOARDS.get(site)
        index = site.index
        if board is not None and board.index is index:
            return board
        if stamp_of(connection) != index.stamp:
            if board is not None:
                return board
            site.refresh()
            index = site.index
        board = Board(index, load(connection, index))
        _BOARDS[site] = board
    return board
