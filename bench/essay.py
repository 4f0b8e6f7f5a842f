"""A long answer as models write them: prose, lists, tables and code."""

from itertools import count, islice

BED = (
    "A river carries more than water: it moves **sediment**, heat and nutrients from the hills to the sea. What looks"
    " like one stream is a *bundle* of currents, some of which run upwards, and each of them wears its bed down at a"
    " pace of its own. Whoever builds a bridge there asks first how the bed will look in fifty years, and only then"
    " what the bridge may weigh."
)
FEET = (
    "Measurements of the last century show how much that matters. Of the bridges that failed, most failed at their"
    " feet: the water took away what they stood on, see [the report](https://example.org/report). `scour_depth` below"
    " is the depth in metres that one has to expect, for a flood that comes once in a hundred years."
)
LIST = """- First, look at the ground: sand, clay and rock behave differently.
- Then measure, in summer and in winter, for at least **two years**.
  1. The level of the water.
  2. Its speed near the ground.
- Only then decide how deep to build."""
TABLE = """| Bridge | Built | Depth in m | Stands |
| --- | ---: | ---: | :---: |
| Upper | 1887 | 4.2 | yes |
| Lower | 1923 | 3.1 | no |
| Railway | 1931 | 7.8 | yes |"""
CODE = '''```python
def scour_depth(speed: float, width: float, factor: float = 2.4) -> float:
    """Metres of ground that a flood takes away at a pier."""
    froude = speed / (9.81 * width) ** 0.5
    for _ in range(3):
        froude = 0.5 * (froude + speed / factor)
    return factor * width**0.65 * froude**0.43
```'''


def section(number: int) -> str:
    parts = [f"## {number}. What the river does", BED, LIST, FEET, CODE if number % 2 else TABLE]
    return "\n\n".join(parts) + "\n\n"


def essay(length: int) -> str:
    """So many characters of it."""
    sections = islice(count(1), length // 400 + 1)
    return "".join(map(section, sections))[:length]
