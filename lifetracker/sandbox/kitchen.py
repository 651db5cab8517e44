"""What the invented person eats: foods as she typed them in from labels, her recipes, and dishes made of both."""

from collections.abc import Iterator
from typing import NamedTuple


class Food(NamedTuple):
    """`values`: kcal, protein, carbohydrate, sugar, fat, saturated fat, fibre and salt in 100 g or ml; None where the label
    does not say. `servings`: names and sizes, the usual one first."""

    name: str
    measure: str
    values: tuple[float | None, ...]
    servings: dict[str, float]
    brand: str = ""
    barcode: str = ""

    def energy(self, amount: float, unit: str) -> float:
        """Return the kcal of so much of it."""
        size = amount if unit == self.measure else amount * self.servings[unit]
        return (self.values[0] or 0) * size / 100


class Portioned(NamedTuple):
    """So much of a food or a recipe. `kcal`: all that is known of it, where it is neither."""

    name: str
    amount: float = 1
    unit: str = "portion"
    kcal: float | None = None


class Recipe(NamedTuple):
    """`yield_size`: what all of it weighs when it is done, in g."""

    name: str
    yield_size: float
    portions: float
    parts: tuple[Portioned, ...]


#: Name; measure and values; servings; brand; bar code.
FOOD_TABLE = """
Rolled oats | g 368 13.5 58.7 0.7 7 1.3 10 0.02 | cup 90
Skyr, plain | g 63 11 4 4 0.2 0.1 0 0.12 | cup 150 | Nordmilch
Quark, low fat | g 67 12 4.1 4.1 0.2 0.1 0 0.1 | tub 250
Milk, 1.5 % fat | ml 47 3.4 4.9 4.9 1.5 1 0 0.1 | glass 200
Oat drink | ml 46 0.4 7 3.5 1.5 0.2 0.8 0.1 | glass 200
Coffee with milk | ml 14 0.9 1.3 1.3 0.5 ? 0 ? | cup 250
Granola | g 442 10.4 60 19 16 2.4 8.1 0.05 | bowl 60 | Kornhof
Blueberries | g 46 0.7 9 9 0.6 0 2.4 0 | handful 60
Banana | g 93 1.2 20 17 0.2 0.1 2 0 | piece 118
Apple | g 54 0.3 11.8 10.4 0.2 0 2.2 0 | piece 160
Orange | g 47 0.9 9.2 8.5 0.2 0 2.2 0 | piece 150
Wholegrain bread | g 219 7.3 38 3 1.9 0.4 8.2 1.1 | slice 50
Bread roll | g 274 9 54 2.4 1.6 0.3 3.2 1.2 | piece 60
Butter | g 742 0.7 0.6 0.6 82 54 0 0.02 | teaspoon 5
Strawberry jam | g 245 0.4 59 58 0.1 0 0.9 0.02 | teaspoon 8
Gouda, sliced | g 356 25 0.1 0.1 28.5 18.5 0 1.8 | slice 25
Cottage cheese | g 98 12.5 2.6 2.6 4.3 2.7 0 0.75 | tub 200
Feta | g 264 17 0.7 0.7 21.5 15 0 2.5
Egg | g 137 12.6 0.7 0.7 9.3 2.7 0 0.36 | piece 58
Smoked salmon | g 176 22.5 0.5 0.5 9.3 1.8 0 3 | pack 100
Salmon fillet | g 203 20.4 0 0 13.6 2.6 0 0.11 | fillet 125
Chicken breast | g 106 23.3 0 0 1.4 0.4 0 0.16
Tofu, firm | g 134 15 0.9 0.4 7.8 1.2 1.5 0.03 | block 200
Red lentils, dry | g 335 25 51 2 1.6 0.2 11 0.02
Kidney beans, tinned | g 105 7.6 14 0.9 0.6 0.1 6.4 0.6 | tin 240
Chickpeas, tinned | g 121 7 15.6 0.4 2.5 0.3 5.6 0.5 | tin 240
Minced beef | g 212 19.5 0 0 15 6.6 0 0.17
Basmati rice, dry | g 351 8.5 77 0.3 0.9 0.2 1.3 0.01
Spaghetti, dry | g 359 12.5 71 3.5 1.5 0.3 3 0.01 |  | Pastaria | 4099999000012
Potatoes | g 73 2 15 0.8 0.1 0 2.1 0.01
Tomatoes, tinned | g 24 1.3 3.5 3.5 0.2 0 1.2 0.1 | tin 400
Cucumber | g 13 0.6 1.8 1.8 0.2 0 0.5 0
Broccoli | g 34 3.8 2.7 2.5 0.2 0 3 0.05
Peppers | g 30 1.1 4.8 4.5 0.4 0.1 2.1 0.01 | piece 150
Mixed salad leaves | g 17 1.4 1.6 1.2 0.3 ? 1.6 0.03 | bowl 80
Onion | g 33 1.2 5.9 5 0.2 0 1.8 0.01 | piece 80
Coconut milk | ml 184 1.6 2.8 1.8 18.5 16.4 ? 0.05 | tin 400
Olive oil | ml 819 0 0 0 91 13 0 0 | tablespoon 14
Hummus | g 262 7.2 10.3 0.7 20.4 2.4 5 1.2 | tablespoon 20
Pesto | g 472 5 7.4 4 46 6.4 1.8 2.7 | tablespoon 20
Parmesan | g 392 33 0 0 28.4 18.9 0 1.6
Almonds | g 611 24 5.7 4.3 53 4.1 11.4 0.01 | handful 25
Dark chocolate, 70 % | g 566 9.5 34 29 41 24 12 0.1 | row 17 | Kakaohaus | 4099999000029
Protein bar | g 372 33 30 3.5 14 7.5 12 0.6 | bar 55 | Kraftwerk | 4099999000036
Beer | ml 42 0.5 3.1 0.1 0 0 0 ? | bottle 330
"""

RECIPE_TABLE = """
Porridge | 350 1 | 60 g Rolled oats; 250 ml Milk, 1.5 % fat; 60 g Blueberries
Lentil soup | 1500 4 | 250 g Red lentils, dry; 400 g Tomatoes, tinned; 160 g Onion; 20 ml Olive oil
Chili con carne | 1900 4 | 400 g Minced beef; 480 g Kidney beans, tinned; 800 g Tomatoes, tinned; 300 g Peppers
Chickpea curry | 1900 4 | 480 g Chickpeas, tinned; 400 ml Coconut milk; 400 g Tomatoes, tinned; 240 g Basmati rice, dry
Pancakes | 560 2 | 2 piece Egg; 250 g Quark, low fat; 120 g Rolled oats; 1 piece Banana
"""
#: By kind; what stands there twice is eaten twice as often.
DISH_TABLES = {
    "breakfast": """
        1 portion Porridge; 1 cup Coffee with milk
        1 portion Porridge; 1 cup Coffee with milk
        250 g Skyr, plain; 80 g Blueberries; 45 g Granola; 1 cup Coffee with milk
        2 slice Wholegrain bread; 12 g Butter; 25 g Strawberry jam; 1 cup Coffee with milk
        2 piece Egg; 1 piece Bread roll; 10 g Butter; 1 piece Orange
        250 g Quark, low fat; 1 piece Banana; 40 g Rolled oats; 1 cup Coffee with milk
    """,
    "lunch": """
        1 portion Lentil soup; 1 slice Wholegrain bread; 150 g Skyr, plain
        1 bowl Mixed salad leaves; 80 g Feta; 120 g Chickpeas, tinned; 1 piece Bread roll
        90 g Spaghetti, dry; 35 g Pesto; 15 g Parmesan; 60 g Mixed salad leaves
        3 slice Wholegrain bread; 70 g Smoked salmon; 100 g Cottage cheese; 100 g Cucumber
        1 portion Chickpea curry
        2 piece Bread roll; 60 g Hummus; 120 g Peppers; 2 slice Gouda, sliced
        Canteen lunch: 690 kcal
    """,
    "dinner": """
        1 portion Chili con carne; 60 g Basmati rice, dry
        1 portion Chickpea curry; 100 g Tofu, firm
        1 fillet Salmon fillet; 300 g Potatoes; 200 g Broccoli; 10 ml Olive oil
        170 g Chicken breast; 80 g Basmati rice, dry; 180 g Broccoli; 10 ml Olive oil
        180 g Tofu, firm; 75 g Basmati rice, dry; 200 g Peppers; 12 ml Olive oil
        100 g Spaghetti, dry; 200 g Tomatoes, tinned; 100 g Minced beef; 20 g Parmesan
        1 portion Pancakes; 150 g Skyr, plain
        3 slice Wholegrain bread; 2 slice Gouda, sliced; 2 piece Egg; 150 g Cucumber
        Pizza with friends: 930 kcal
    """,
    "snack": """
        1 piece Apple; 25 g Almonds
        1 bar Protein bar
        1 piece Banana; 1 cup Coffee with milk
        34 g Dark chocolate, 70 %; 1 cup Coffee with milk
        200 g Cottage cheese; 1 piece Apple
        200 g Skyr, plain; 30 g Granola
        1 bottle Beer
        Cake at the office: 340 kcal
    """,
}


def _lines(table: str) -> Iterator[list[str]]:
    for line in filter(None, map(str.strip, table.splitlines())):
        yield [cell.strip() for cell in line.split("|")]


def _food(name: str, values: str, servings: str = "", brand: str = "", barcode: str = "") -> Food:
    measure, *numbers = values.split()
    known = tuple(None if number == "?" else float(number) for number in numbers)
    sizes = [one.rsplit(" ", 1) for one in servings.split(", ") if one]
    return Food(name, measure, known, {unit: float(size) for unit, size in sizes}, brand, barcode)


def _parts(text: str) -> tuple[Portioned, ...]:
    return tuple(map(_part, text.split("; ")))


def _part(text: str) -> Portioned:
    """Read `200 g Skyr`, or `Pizza: 930 kcal` of what was eaten elsewhere."""
    if text.endswith(" kcal"):
        name, kcal = text.removesuffix(" kcal").split(": ")
        return Portioned(name, kcal=float(kcal))
    amount, unit, name = text.split(" ", 2)
    return Portioned(name, float(amount), unit)


def _recipe(name: str, numbers: str, parts: str) -> Recipe:
    yield_size, portions = map(float, numbers.split())
    return Recipe(name, yield_size, portions, _parts(parts))


FOODS = {row[0]: _food(*row) for row in _lines(FOOD_TABLE)}
RECIPES = {row[0]: _recipe(*row) for row in _lines(RECIPE_TABLE)}
DISHES = {kind: [_parts(row[0]) for row in _lines(table)] for kind, table in DISH_TABLES.items()}


def energy(one: Portioned) -> float:
    """Return the kcal of a part of a dish."""
    if one.kcal is not None:
        return one.kcal
    if recipe := RECIPES.get(one.name):
        return sum(map(energy, recipe.parts)) / recipe.portions * one.amount
    return FOODS[one.name].energy(one.amount, one.unit)
