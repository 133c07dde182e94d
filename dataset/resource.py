"""What a release answers at one address, declared: the router, OpenAPI and `cite-check` read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from dataset.answer import Answer
from dataset.catalog import Edition
from dataset.parameters import Given, Parameter, of_formats


@dataclass(frozen=True)
class Asked:
    """A question to a release."""

    edition: Edition
    names: Mapping[str, str]
    """The open parts of the path."""
    given: Given
    form: str = ""
    """The name of the format in which the answer is wanted."""
    origin: str = ""
    """What makes an address absolute where that is wanted, such as `https://example.org`."""


@dataclass(frozen=True)
class Resource:
    """One address below a release."""

    path: str
    name: str
    summary: str
    respond: Callable[[Asked], Answer]
    answer: str
    """The name of the envelope's schema in the OpenAPI document."""
    parameters: tuple[Parameter, ...] = ()
    formats: tuple[str, ...] = ()
    """The formats, beside the envelope."""

    @cached_property
    def known(self) -> tuple[Parameter, ...]:
        """Every parameter that it takes."""
        return (*self.parameters, *(of_formats(self.formats) if self.formats else ()))
