"""The duplicate review as a page on this machine alone: a desk that answers, an app with a guard, a server.

Only `app` and `server` need Flask, the extra `web`.
"""
