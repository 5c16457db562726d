"""Pure engines: no Django, no settings, no network, no clock; everything they need is passed in."""
