"""The process that answers for one Python model: loads it with the user's handlers and serves it to its parent."""
