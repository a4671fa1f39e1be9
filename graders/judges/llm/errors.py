"""What can go wrong between the judge and its server; what the judge raises are `JudgeError`s."""

from __future__ import annotations

import httpx2

from graders.errors import JudgeError


class Final(JudgeError):
    """No further call can succeed: quota, key, model or budget; the run should not go on asking."""


class Gone(JudgeError):
    """The server no longer has what was asked for: it was removed, or is another project's."""


class Garbled(ValueError):
    """What came back is not the protocol. The client turns it into a `JudgeError`."""


class TooLarge(httpx2.RequestError):
    """The reply is larger than anything that would be read; an error of the transport."""
