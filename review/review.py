"""The sections of a review that belong to no domain."""

from review import intention_section, missing, numbers
from review.sections import register_section

register_section(numbers.SECTION)
register_section(intention_section.SECTION)
register_section(missing.SECTION)
