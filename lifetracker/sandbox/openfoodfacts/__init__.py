"""A stand-in for Open Food Facts: products by bar code (v2, v3.6) and both of its searches.

After its documentation (https://openfoodfacts.github.io/openfoodfacts-server/api/) and what clients see of it.
"""
