"""The foods that are there at once. Brands and numbers are invented, their values are those of such foods."""

import re
from dataclasses import dataclass, field

# Number, name, brand, package, serving, then per 100 g or ml: kcal, fat, saturated fat, carbohydrate, sugar, fibre,
# protein, salt; "-" is not on the label.
TABLE = """
4301000001018 | Skyr natural | Nordhof | 500 g | 1 tub (150 g) | 63 0.2 0.1 4 4 - 11 0.1
4301000001025 | Whole milk 3.8 % | Nordhof | 1 l | 1 glass (200 ml) | 67 3.8 2.5 4.8 4.8 - 3.4 0.13
4301000001032 | Butter | Nordhof | 250 g | | 741 82 54 0.7 0.7 - 0.7 0.02
4301000001049 | Gouda, young, slices | Nordhof | 200 g | 1 slice (25 g) | 356 28 18.5 0 0 - 25 1.8
4301000001056 | Kefir | Nordhof | 500 ml | | 63 3.5 2.3 4 4 - 3.4 0.12
4301000001063 | Low-fat quark | Nordhof | 500 g | | 67 0.2 0.1 4 4 - 12 0.1
4302000001015 | Rolled oats | Mühle Sander | 500 g | 1 portion (40 g) | 372 7 1.3 58.7 0.7 10 13.5 0.02
4302000001022 | Rye bread with seeds | Mühle Sander | 500 g | 2 slices (90 g) | 246 6.9 0.9 33 2.4 9.1 8.1 1.1
4302000001039 | Crunchy muesli, berries | Mühle Sander | 375 g | 1 portion (45 g) | 431 14 1.9 63 21 7.4 9 0.3
4302000001046 | Spaghetti | Mühle Sander | 500 g | 1 portion (125 g) | 359 1.8 0.4 71 3.2 3 13 0.01
4302000001053 | Basmati rice | Mühle Sander | 1 kg | | 349 0.8 0.2 77 0.4 1.4 8.1 0.01
4303000001012 | Peanut butter, crunchy | Kranich | 350 g | 1 tbsp (15 g) | 632 51 8.2 14 6.1 6.4 26 0.75
4303000001029 | Hazelnut spread | Kranich | 400 g | 1 tbsp (15 g) | 539 30.9 10.6 57.5 56.3 - 6.3 0.11
4303000001036 | Dark chocolate 70 % | Kranich | 100 g | 4 pieces (20 g) | 577 43 26 33 28 11 9.4 0.03
4303000001043 | Salted crisps | Kranich | 175 g | 1 handful (30 g) | 536 34 2.6 50 0.5 4.5 6 1.2
4303000001050 | Protein bar, cookies | Kranich | 60 g | 1 bar (60 g) | 363 12 6 31 3.3 18 33 0.75
4304000001019 | Chickpeas, cooked | Hafenkonserven | 400 g | | 122 2.6 0.3 15 0.5 6.5 7.3 0.6
4304000001026 | Chopped tomatoes | Hafenkonserven | 400 g | | 24 0.2 0 3.9 3.5 1 1.2 0.05
4304000001033 | Tuna in water | Hafenkonserven | 150 g | 1 tin (112 g) | 108 0.8 0.3 0 0 - 25 0.9
4304000001040 | Olive oil, extra virgin | Hafenkonserven | 750 ml | 1 tbsp (15 ml) | 822 91.4 13.7 0 0 - 0 0
4305000001016 | Orange juice | Obsthof Petersen | 1 l | 1 glass (200 ml) | 44 0.1 0 9 9 0.4 0.7 0
4305000001023 | Alcohol-free wheat beer | Brauhaus Nord | 500 ml | 1 bottle (500 ml) | 24 0 0 5.4 2.9 - 0.5 0.01
4305000001030 | Cola | Brauhaus Nord | 330 ml | 1 can (330 ml) | 42 0 0 10.6 10.6 - 0 0
0034000470693 | Peanut butter cups | Maple Street | 42 g | 2 cups (42 g) | 510 31 11 55 48 3 10 0.8
06420680 | Strained yoghurt 5 % | Maple Street | 170 g | 1 cup (170 g) | 93 5 3.5 3 3 - 9 0.1
0042100005264 | Chewing gum | Maple Street | 15 g | | 170 0 0 67 0 - 0 0
4309000001014 | Olive oil spray | Hafenkonserven | 200 ml | | 4590 510 - - - - - -
4309000001021 | Mineral water | Brauhaus Nord | 1 l | | - - - - - - - -
4309000001038 | | Kranich | 100 g | | 350 1 - 80 - - 4 -
"""
NUTRIENTS = (
    "energy-kcal",
    "fat",
    "saturated-fat",
    "carbohydrates",
    "sugars",
    "fiber",
    "proteins",
    "salt",
)


@dataclass(frozen=True, slots=True)
class Product:
    """`nutrients`: per 100 g, or per 100 ml of what is sold by volume."""

    code: str
    name: str
    brands: str = ""
    quantity: str = ""
    serving: str = ""
    nutrients: dict[str, float] = field(default_factory=dict)
    modified: int = 1_780_000_000
    #: Redirected to the site for other things, such as a shampoo.
    is_food: bool = True

    @property
    def unit(self) -> str:
        return "ml" if re.search(r"(ml|\bl)$", self.quantity) else "g"


def products() -> dict[str, Product]:
    made = [product_of(line) for line in TABLE.strip().splitlines()]
    return {product.code: product for product in made}


def product_of(line: str) -> Product:
    code, name, brands, quantity, serving, values = (part.strip() for part in line.split("|"))
    numbers = zip(NUTRIENTS, values.split(), strict=True)
    nutrients = {nutrient: float(value) for nutrient, value in numbers if value != "-"}
    return Product(code, name, brands, quantity, serving, nutrients)


def normalized(code: str) -> str:
    """Return the form in which numbers are kept; empty for what is none."""
    digits = code.lstrip("0")
    if not code.isascii() or not code.isdigit() or not 4 <= len(digits) <= 24:
        return ""
    whole = digits.rjust(13, "0")
    return whole[5:] if len(whole) == 13 and whole.startswith("00000") else whole
