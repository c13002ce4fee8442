"""The client side of Open311: matters go to another city's server and come from there, under both numbers."""
