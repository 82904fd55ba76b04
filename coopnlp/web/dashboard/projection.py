"""From latitude and longitude to the plane of the map: the Equal Earth projection.

Areas are kept, so that the north does not look larger than Africa. B. Šavrič, T. Patterson and B. Jenny, « The Equal
Earth map projection », International Journal of Geographical Information Science 33, 2019.
"""

from __future__ import annotations

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

__all__ = ["HEIGHT", "WIDTH", "project"]

# Of the whole world, in units of the shipped outlines: about four kilometres at the equator.
WIDTH, HEIGHT = 10_000.0, 4_868.0
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_X_MAX, _Y_MAX = 2.706630, 1.317363


@lru_cache(maxsize=20_000)  # the same places stand on map after map
def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return ``x`` from the left and ``y`` from the top, in map units.

    Parameters
    ----------
    latitude, longitude
        Degrees; a latitude beyond a pole is taken for the pole, a longitude runs from -180 to 180.

    >>> [round(v) for v in project(0, 0)], [round(v) for v in project(90, -180)]
    ([5000, 2434], [2038, 0])
    """
    lam = radians(max(-180.0, min(180.0, longitude)))
    theta = asin(sqrt(3) / 2 * sin(radians(max(-90.0, min(90.0, latitude)))))
    square = theta * theta
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = 2 * sqrt(3) * lam * cos(theta) / (3 * slope)
    y = theta * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    scale = WIDTH / 2 / _X_MAX
    return WIDTH / 2 + x * scale, HEIGHT / 2 - y * scale
