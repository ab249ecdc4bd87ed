"""The patrol: looks after the official accounts and domains, and looks for those that pass for them.

One run (`gateway.patrol.patrol.run`) asks platforms, DNS and web servers within budgets, compares what it found with
the last time, and says what is new. What could not be checked is said too, and is never a change.

Everything outside is a port (`ports`); what is asked by which rule stands in one module each: `accounts` and `domains`
for what is ours, `handles` and `hosts` for the names that an impostor would take, `changes` for what counts as news.
Not here: when it runs, how channels are opened, the opening of cases.
"""
