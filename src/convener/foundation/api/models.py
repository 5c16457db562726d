"""The base of everything the API reads and writes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ApiModel(BaseModel):
    """A shape of the API. A name it does not declare is an error: nothing leaves by mistake, no slip is swallowed."""

    model_config = ConfigDict(extra="forbid")
