"""What a client accepts: the Accept headers of RFC 9110."""

import re

_QUALITY = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.ASCII)


def accepted(header: str) -> list[tuple[str, float]]:
    """Return the values of an Accept header, each with its quality, the most wanted first.

    A value whose quality is malformed is not wanted.
    """
    found = []
    for part in header.split(","):
        value, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = float(parameter[2:]) if _QUALITY.fullmatch(parameter[2:]) else 0.0
        if value:
            found.append((value, quality))
    return sorted(found, key=lambda pair: -pair[1])
