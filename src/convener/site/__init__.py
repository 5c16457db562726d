"""The Django site: settings, addresses, doors."""
