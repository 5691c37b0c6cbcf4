"""The course in other languages, from one source: `python -m tools.translate`.

`python` and `markdown` find the texts of a cell, `scripts` those of the site, `pages` puts them
together to files. Each has one function, `rewrite`, which asks for every text what it becomes: to
extract is to write them down, to translate is to answer. `catalog` keeps the answers in files of
gettext, `checks` says what is wrong with them.
"""
