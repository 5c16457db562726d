"""The transactional outbox: what changed, told to search, record and notifications in the order it was committed."""
