"""How sure a share is. Pure."""

from math import sqrt

# The two-sided 95 % point of the normal distribution.
Z = 1.959963984540054


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float] | None:
    """The score interval of a share `hits / n`, `z` standard errors to either side; None when n is 0.

    Wilson (1927), JASA 22, 209–212; as method 3 of Newcombe (1998), Statistics in Medicine 17, 857–872.
    """
    if n <= 0:
        return None
    share = hits / n
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
