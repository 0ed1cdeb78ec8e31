"""Programs for whoever works on the house; the product imports none of them."""
