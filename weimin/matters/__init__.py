"""matters: a resident's matter from received to published."""
