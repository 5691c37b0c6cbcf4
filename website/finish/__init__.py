"""The finished site: 404.html, and a last look at every file."""
