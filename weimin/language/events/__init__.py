"""Which messages are about one event, and how hot it is, found from names and topics.

`reading` takes a message apart, `weighing` makes two rows of numbers of it, `nearness` finds who may belong together,
`gathering` joins them, `heat` ranks, `telling` says where and what. `board` is the whole of it (docs/hot-issues.md).
"""
