"""An app for the hubs that are killed: jobs whose every effect can be counted. Loaded only in those processes."""
