"""Reading what people type and send: numbers, cells, dates and whole workbooks, each read rightly or refused in words.

Nothing here touches the database. Every refusal is an :class:`~accounts.reading.numbers.Unreadable` or a
:class:`~accounts.reading.workbooks.Refused` whose ``sentence``, in the active language, names what was written and the
way out.
"""
