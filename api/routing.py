"""A route that knows all of HTTP's safe methods: HEAD comes with GET, and OPTIONS says what there is."""

from starlette import routing
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Route(routing.Route):
    """A route that answers OPTIONS, and refuses other methods with the ones that it knows, in one order."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path fits."""
        allowed = ", ".join(sorted({*(self.methods or ()), "OPTIONS"}))
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
        elif self.methods and scope["method"] not in self.methods:
            raise HTTPException(405, headers={"Allow": allowed})
        else:
            await self.app(scope, receive, send)
