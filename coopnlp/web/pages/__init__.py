"""The pages, a module a kind; each has ``ROUTES`` of regular expressions and views."""
