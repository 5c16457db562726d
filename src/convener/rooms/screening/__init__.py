"""Screening: is this name on a list of sanctions, and why would it be.

The room keeps lists of names that others publish (:mod:`models`), asks them (:mod:`actions.asking`) and shows each
reason of an answer (:mod:`pages`). Policies and cases come above this: they will take answers from ``actions.asking``.

What is to be protected, from whom, and how:

- *People who are asked about*: that somebody looked for their name can cost them a job, an account or their safety. The
  names asked for are written nowhere: not in the database, the audit, the log or an address (pages and API use POST,
  answers are kept by no cache). The audit has who asked, when, how many names, with which kinds of facts, and of which
  version of which list.
- *People who bear a name that is listed*: a score is likeness of names, never a finding about a person. Answers say so,
  each comes with its reasons, and the guide tells what to do before anything follows from it.
- *Dishonest members* who would use a hub to look people up: only who must know whom they deal with may ask: NGOs,
  companies, banks, FIUs and those who run the hub (:func:`queries.visible.may_screen`). Workers, donors and outsiders may
  not: they take nobody on through the hub, and a donor asks the secretariat. Each refusal is audited.
- *Wrong lists*: only those who run the hub load, replace and remove them, and each time is audited. Who can put names on
  a list can have people refused; who can take names off can hide somebody. So each version has the hash of its bytes,
  a version that lost half of its entries is refused, and the row of each former version stays.
- *Files made to harm*: a received file is read by a job, within limits, and what a ZIP calls its files never becomes a
  path (:mod:`actions.receiving`).

Not protected: what a member does with an answer once they have it, and the operator of the machine, who can read its
memory. Who has a list's files may change what is found; the files are for the hub's account alone.
"""
