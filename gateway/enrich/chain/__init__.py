"""Asks nodes of public chains about the transactions that a message names: one file a kind of node.

Not here: what a transaction means for a case (`gateway.casework`), how hashes are found (`gateway.triage.entities`).
"""
