"""Convener: who to work with, on what terms, with what result, provably."""
