"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class BoundedArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, two passes and one lane: twice the work of OWASP's first choice (46 MiB, one pass).

    Django's own values take 100 MiB and eight lanes. Each thread of the hub may be hashing for a stranger, so eight
    threads would need 800 MiB, more than a small server has, and eight times as many processor cores as it has. Hashes
    made with other values are read, and made anew at their owner's next login.
    Source: OWASP Password Storage Cheat Sheet, Argon2id.
    """

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1
