"""Every address of the site, with made-up arguments where it takes some."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

PK = 4711  # a primary key that no row of a test has


def addresses() -> dict[str, str]:
    """The full name of each address, the administration's aside, and the address itself."""
    return {name: reverse(name, kwargs=arguments(pattern)) for name, pattern in _named(get_resolver(), "")}


def arguments(pattern: URLPattern) -> dict[str, int | str]:
    converters = pattern.pattern.converters
    return {name: PK if isinstance(kind, IntConverter) else "x" for name, kind in converters.items()}


def _named(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield prefix + pattern.name, pattern
        elif pattern.namespace != "admin":
            yield from _named(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
