"""One search box over everything that rooms register: an index of this node, fed from the outbox, asked by every process."""
