"""A Roundup detector: writes down what was done on Gatehouse's tickets, where Gatehouse reads it."""


def keep_status(db, cl, nodeid, newvalues):
    # Gatehouse sets a status itself when a user's message changes one; the classic statusauditor shall not guess.
    if "messages" in newvalues and db.user.has_role(db.getuid(), "Gatehouse"):
        newvalues.setdefault("status", cl.get(nodeid, "status"))


def _added(cl, nodeid, oldvalues, name):
    before = set(oldvalues.get(name) or ())
    return [item for item in cl.get(nodeid, name) if item not in before] if name in oldvalues else []


def _status(db, status):
    return db.status.get(status, "name") if status else ""


def changed(db, cl, nodeid, oldvalues):
    if not cl.get(nodeid, "external_key"):
        return
    act = {name: _added(cl, nodeid, oldvalues, name) for name in ("messages", "files")}
    superseders = _added(cl, nodeid, oldvalues, "superseder")
    if superseders:
        act["into"] = superseders[-1]
    if "status" in oldvalues and oldvalues["status"] != cl.get(nodeid, "status"):
        act["was"], act["now"] = _status(db, oldvalues["status"]), _status(db, cl.get(nodeid, "status"))
    if any(act.values()):
        db.gatehouse_act.create(issue=nodeid, **act)


def retired(db, cl, nodeid, oldvalues):
    if cl.get(nodeid, "external_key"):
        db.gatehouse_act.create(issue=nodeid, retired=True)


def init(db):
    db.issue.audit("set", keep_status, priority=50)
    # After the detectors that send mails: what these refuse has not been done.
    db.issue.react("set", changed, priority=200)
    db.issue.react("retire", retired, priority=200)
