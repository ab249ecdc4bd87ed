# Known incidents, told in receipts and once when they are over. Titles are the operators' own.

# $title: what the operators call it
incident-known = This looks like something that we know of and are working on: “{ $title }”.
# $time: such as 2026-11-22 18:00 UTC
incident-expected = We expect it to be over by { $time }.
incident-wait = You need not write again because of it: we tell you here as soon as it is over.
incident-over = What we knew of as “{ $title }” is over.
# $case: case number
incident-over-next = If your case { $case } is not settled by now, simply answer this message and we look at it again.
incident-over-subject = [{ $case }] The disturbance is over
