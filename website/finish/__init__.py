"""The finished site: the page for lost readers, and a last look at every file."""
