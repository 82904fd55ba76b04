"""The dashboard: what the register holds by year, theme, country and authority, who works with whom, what ends.

``numbers`` counts over the catalogue by columns, ``figures`` draw values as SVG,
``routes`` are the pages.
"""
