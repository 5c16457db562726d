"""What every room stands on: parties, accounts, audit, outbox, jobs, the design system."""
