"""Charts as pure functions: numbers in, SVG out, drawn on the server and shown without a script.

In each of them `None` is a day that is not known: it is a gap, a dotted shape or a word, and never zero. Each day has
a slice of equal width, from the first at the left, so charts of the same days lie exactly below one another. Strokes
and words keep their size however wide the drawing is: places across are percentages, places downwards are pixels.

The styles stand in `static/lifetracker/charts.css`; a page needs nothing else.
"""
