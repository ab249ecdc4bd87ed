# What Gatehouse needs in a Roundup tracker. Append this to the tracker's schema.py;
# gatehouse.py goes into the tracker's detectors/.

issue.addprop(
    external_key=String(),  # Gatehouse's case number, by which a ticket is found again
    requester=String(),  # who wrote, and where
)
msg.addprop(
    public=Boolean(),  # the user wrote it, or shall get it; anything else is for agents alone
    mark=String(indexme="no"),  # which of Gatehouse's writes it is
)

# What was done on Gatehouse's tickets, in order; written by detectors/gatehouse.py, read by Gatehouse.
Class(
    db,
    "gatehouse_act",
    issue=Link("issue"),
    messages=Multilink("msg"),
    files=Multilink("file"),
    was=String(),  # names of statuses
    now=String(),
    into=Link("issue"),
    retired=Boolean(),
)

# The role of Gatehouse's own account, which needs no other.
db.security.addRole(name="Gatehouse", description="Writes users' messages into tickets")
for right in ("Web Access", "Rest Access"):
    db.security.addPermissionToRole("Gatehouse", right)
for name in ("issue", "msg", "file", "keyword"):
    for right in ("View", "Edit", "Create"):
        db.security.addPermissionToRole("Gatehouse", right, name)
for name in ("priority", "status", "gatehouse_act"):
    db.security.addPermissionToRole("Gatehouse", "View", name)
db.security.addPermissionToRole(
    "Gatehouse", db.security.addPermission(name="View", klass="user", properties=("id", "username", "realname"))
)
