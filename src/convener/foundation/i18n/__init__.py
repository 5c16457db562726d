"""Languages: catalogues of the interface, and how dates are written."""
