"""Single grams that spoke for a label, laid back over the text and read as whole stretches of it."""

from collections.abc import Mapping

# More would be a quotation, and no reason.
LONGEST = 12


def spans(text: str, spoken: Mapping[str, float], most: int) -> list[str]:
    """The stretches of the text whose signs have the most weight, at most `most`, each once, the weightiest first.

    `spoken` is what each gram weighs, above 0 for the label. A gram shares its weight among its signs wherever it
    stands. A stretch is a row of signs that weigh more than the mean of those that spoke for the label.
    """
    weights = [0.0] * len(text)
    for gram, weight in spoken.items():
        _lay(text, gram, weight, weights)
    positive = [weight for weight in weights if weight > 0]
    if not positive:
        return []
    mean = sum(positive) / len(positive)
    found: dict[str, float] = {}
    start = None
    for at, weight in enumerate([*weights, 0.0]):
        inside = weight > mean and not text[at].isspace() and (start is None or at - start < LONGEST)
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            stretch = text[start:at].strip("，。、！？；：,.!?;: ")
            found[stretch] = max(found.get(stretch, 0.0), sum(weights[start:at]))
            start = None
    found.pop("", None)
    return sorted(found, key=lambda stretch: -found[stretch])[:most]


def _lay(text: str, gram: str, weight: float, weights: list[float]) -> None:
    if not weight or not gram.strip():
        return
    places = []
    at = text.find(gram)
    while at >= 0:
        places.append(at)
        at = text.find(gram, at + 1)
    for place in places:
        for sign in range(place, place + len(gram)):
            weights[sign] += weight / len(gram) / len(places)
