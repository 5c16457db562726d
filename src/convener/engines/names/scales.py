"""How much each kind of word gives and takes when names are compared: factors of bits, of persons and of organisations.

They were fitted to the development part of ``bench/names``, by search from round numbers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Factors of bits: by what a word is, and by what is wrong. ``few`` and ``many``: missing on the side with less, with
    more missing; ``few_words`` and ``many_words`` are bits a missing word costs whatever it tells.
    """

    constant: float
    given: float
    concept: float
    generic: float
    form: float
    number: float
    particle: float
    initial: float
    acronym: float
    unlike: float
    unlike_joined: float
    unlike_sound: float
    few: float
    many: float
    few_words: float
    many_words: float
    few_generic: float
    many_generic: float
    few_forms: float
    many_forms: float
    few_numbers: float
    many_numbers: float
    few_particles: float
    many_particles: float
    order: float


PERSONS = Scale(
    constant=5.0, given=1.2, concept=1.0, generic=0.7, form=0.6, number=0.9, particle=1.0, initial=0.8, acronym=1.2,
    unlike=1.25, unlike_joined=0.5, unlike_sound=1.0, few=0.25, many=0.32, few_words=0.2, many_words=0.1,
    few_generic=1.5, many_generic=0.25, few_forms=1.0, many_forms=0.3, few_numbers=1.0, many_numbers=0.4,
    few_particles=3.0, many_particles=0.15, order=0.2,
)  # fmt: skip
ORGANISATIONS = Scale(
    constant=5.5, given=1.4, concept=1.4, generic=1.0, form=0.5, number=1.5, particle=0.8, initial=0.8, acronym=0.6,
    unlike=2.1, unlike_joined=0.3, unlike_sound=1.2, few=0.37, many=0.24, few_words=0.2, many_words=0.1,
    few_generic=0.9, many_generic=0.3, few_forms=1.4, many_forms=0.55, few_numbers=4.0, many_numbers=1.1,
    few_particles=0.9, many_particles=0.6, order=0.15,
)  # fmt: skip
