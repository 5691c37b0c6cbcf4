"""What the site's own Python says on its pages: each text a message of the catalog `site`.

A translated book has this file with other texts; {fields} are filled in where they are used.
"""

# website/read
NOT_IN_THIS_EDITION = " (not in this edition)"
FROM_CHINESE = "From Chinese"
TO_THIS_EQUATION = "Link to this equation"
# website/page/language.py: what Sphinx and the theme have no translation of
TO_THIS_HEADING = "Link to this heading"
TO_THIS_DEFINITION = "Link to this definition"
REPOSITORIES = "Source repositories"
SUGGEST_EDIT = "Suggest edit"
LAUNCH = "Launch interactive content"
LAUNCH_ON = "Launch on"
COLOUR_MODE = "Color mode"
SYSTEM_SETTINGS = "System Settings"
# website/finish
NOT_HERE = "Not here"
# website/page; of each filter what it says of all entries and of those it shows
SHOW_CODE = "Show code cell {type}"
HIDE_CODE = "Hide code cell {type}"
ALL_MISTAKES = "{all} mistakes"
SOME_MISTAKES = "{shown} of {all} mistakes"
ALL_TERMS = "{all} terms"
SOME_TERMS = "{shown} of {all} terms"
TRY_OTHERS = "{said}: try fewer or shorter words, or another chapter"
LEFT_OFF = "chapter {number}, {title}"
SEARCH = "Search"
SEARCH_FIELD = "Search..."
SEARCH_THE_COURSE = "Search all chapters of this course, its glossary and its notation."
CARD = "Turn the Knobs: a path steps down into a valley, seen from above."
