"""A large county, told by the lives of the sample county and written down in bulk.

`ground.py` is what the lives meet, `hearing.py` and `ending.py` write in memory what the verbs of the journey would
have written, `pen.py` gathers it, `county/bulk.py` lays it into the database, `telling.py` says who lives when, and
`growing.py` goes on from where it stopped.
"""
