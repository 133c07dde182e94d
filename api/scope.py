"""What the layers of the application tell each other in a request's scope."""

HEAD = "head"
"""What the request's headers say."""

BODY = "body"
"""The request's body; one without a body has none there."""

WORTH = "worth keeping"
"""Set where the answer is worth keeping, although it says nothing of caches."""

ROUTE = "route"
"""The route that answers the request; it is not there where none was looked for, or found."""
