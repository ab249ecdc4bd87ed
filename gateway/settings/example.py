"""The two files that `gatehouse init` writes: what only the operator knows is marked, and refused until filled in."""

from __future__ import annotations

CONFIGURATION = """\
# Gatehouse. `gatehouse check` names everything that is still to be done here; `gatehouse check --live` tries it out.
# Every key: docs/configuration.md. Secrets never stand here: they come from the environment or from a file.

[brand]
name = "CHANGE-ME"                      # the brand as its users know it
directory = "official.toml"             # the brand's official accounts, the ground of every warning

[store]
path = "gatehouse.db"                   # all that was taken in and decided
blobs = "blobs"                         # large messages
key = { file = "gatehouse.key" }        # seals original messages; keep a copy elsewhere: without it they are lost

[backend]
kind = "embedded"                       # tickets stay here: gatehouse cases list | show | reply | solve
# kind = "webhook"                      # or go to a receiver of your own, signed
# url = "https://desk.example.org/gatehouse"
# secret = { env = "GATEHOUSE_WEBHOOK_SECRET" }

[connectors.email]                      # what all mail channels have in common
imap_host = "imap.example.invalid"
smtp_host = "smtp.example.invalid"

[channels.support]                      # another channel is three lines like these
connector = "email"
address = "support@example.invalid"
# password = { env = "GATEHOUSE_SUPPORT_PASSWORD" }   # where it is looked for unless told otherwise

# [channels.telegram]                   # a bot, see docs/telegram.md; needs: pip install 'gatehouse[telegram]'
# connector = "telegram"
# bot = "..."                           # its username
# token = { file = "telegram.token" }   # from BotFather; this user's alone: chmod 600

# [channels.x]                          # an account on X, see docs/x.md; needs: pip install 'gatehouse[x]'
# connector = "x"
# handle = "..."
# user_id = "..."                       # the account's own number: a handle can change hands
# consumer_key = { file = "x.key" }     # four keys from X's developer console; each file as above
# consumer_secret = { file = "x.secret" }
# access_token = { file = "x.token" }
# access_secret = { file = "x.token-secret" }
# budget = 10                           # dollars a day: X bills every call

# [acknowledgement]
# enabled = false                       # write tickets only, answer nobody by machine

# [customers]                           # the exchange's own systems, see docs/exchange.md: who is it that wrote
# url = "https://book.example.org/gatehouse"
# secret = { env = "GATEHOUSE_CUSTOMERS_SECRET" }   # signs every call; so for the next two

# [risk]                                # freezes an account that is stolen
# url = "https://risk.example.org/freeze"
# freeze = ["account_stolen", "secret_shared"]

# [second_factor]                       # has a customer confirm in the exchange's own app that it is he
# url = "https://auth.example.org/challenges"

# [answers]                             # first answers of your own, see docs/answers.md and docs/articles.md
# folder = "answers"                    # texts that replace the gateway's, such as de.ftl
# articles = "articles"                 # help articles that are offered to users; "examples" for a try
# links = { freeze = "https://www.example.org/freeze", upload = "https://www.example.org/documents" }

# [log]
# format = "json"
"""

DIRECTORY = """\
# The brand's official accounts: whoever is not listed here is never called official. Keep it under version control.
# `gatehouse directory check` looks it over. Every key: docs/directory.md.

[[brands]]
id = "example-brand"
name = "CHANGE-ME"

[[brands.web]]
domain = "example.invalid"              # with all its subdomains

[[brands.mail]]
domain = "example.invalid"              # every address at it; or address = "..." for one alone

# [[brands.accounts]]
# platform = "x"
# handle = "..."
# id = "..."                            # the platform's own number: a handle can change hands
"""
