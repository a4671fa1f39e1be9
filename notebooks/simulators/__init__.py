"""Small, seeded models of the machinery that interviews ask about; the notebooks play with them."""
