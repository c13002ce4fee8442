"""Open311 GeoReport v2: six calls, XML and JSON, and the updates that FixMyStreet added."""
