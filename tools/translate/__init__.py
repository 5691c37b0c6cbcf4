"""The course in other languages, from one source: `python -m tools.translate`.

`markdown` finds the texts of a page, `places` and `python` those of code, `scripts` those of the
site; `pages` puts them together to files. Each has one function, `rewrite`, which asks for every
text what it becomes: to extract is to write the questions down, to translate is to answer them.
`catalog` keeps the answers in files of gettext, `checks` says what is wrong with them.
"""
