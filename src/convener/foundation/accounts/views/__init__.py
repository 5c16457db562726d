"""Pages about people, about oneself, and the page of an invitation."""
