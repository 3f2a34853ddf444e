"""What an editor asks of bibkit by the Language Server Protocol: faults, hover, completion, definition, rename.

Each of these is a function of a `Desk`, which holds what is open in the editor and reads the rest from disk; it works
on paths and offsets and knows nothing of the protocol. `server` alone does, and it alone needs pygls.
"""
