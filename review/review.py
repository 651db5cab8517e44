"""The sections of a review that belong to no domain."""

from review.numbers import SECTION
from review.sections import register_section

register_section(SECTION)
