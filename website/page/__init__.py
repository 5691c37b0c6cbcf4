"""From nodes to pages: what a page's head, body and style sheet hold."""
