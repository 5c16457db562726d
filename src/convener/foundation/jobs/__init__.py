"""Background jobs that survive a killed worker: lease, heartbeat, limited retries, schedule."""
