"""A Zotero library and plain files, kept in step: merged per field, planned before anything is done, undoable.

`merge` joins one item's three states, `plan` turns two libraries and their base into steps (data), `push` does them,
`state` remembers. Nothing here talks to the network: `zotero_api` does, and is handed in.
"""
