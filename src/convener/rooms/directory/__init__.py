"""Directory: who works against trafficking; organisations, tools and initiatives, found, imported and exported."""
