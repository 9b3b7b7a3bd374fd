"""The post as a person works on it: the same rows, State and pieces in the calendar's panel and on its own page.

rows     a post in the person's words, as the browser gets it
wording  makes those rows from the service's views
desk     `PostDesk`, the State that a page takes as a mixin: open, edit, approve, reject, move, and their undo
parts    what is shown: tabs, preview, findings, deliveries, why; functions of a State that is a `PostDesk`
acts     what is pressed: approve, edit, reject, move, and the rest behind the three dots
"""
