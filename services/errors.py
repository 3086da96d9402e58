"""Everything Stepdown refuses to do, said so that the reader knows what to do next.

    CareError
    ├── NotSignedIn            401
    ├── NotAllowed             403
    ├── NotFound               404
    ├── Conflict               409
    │   ├── Superseded         the proposal has been overtaken by newer evidence
    │   ├── AlreadySigned      somebody decided first
    │   ├── PathwayClosed      the walk has ended
    │   ├── AlreadyOpen        one open pathway per client and definition
    │   └── NoConsent          nothing the client signed lets us tell this
    ├── TooLarge               413
    ├── Invalid                422
    │   ├── NoSuchStage / NoSuchRoute / NoSuchWord
    │   ├── GuardNotMet        a guard that even an override keeps
    │   └── KeyReused          the same key with another body
    └── Unavailable            503

A clinical "no" is a Decision with findings, not an error. Messages carry ids, codes and field names, never a client's
data. `pointer` is the JSON pointer of the field at fault, `parameter` the name of one in the address; `details` are
further opaque facts for the reader.
"""

from collections.abc import Mapping, Sequence


class CareError(Exception):
    """Stepdown cannot carry this out."""

    code = "refused"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        pointer: str = "",
        parameter: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.parameter = parameter
        self.details = dict(details or {})


class NotSignedIn(CareError):
    """Sign in first."""

    code, status = "not-signed-in", 401


class NotAllowed(CareError):
    """Your role does not do this."""

    code, status = "not-allowed", 403


class NotFound(CareError):
    """Nothing of that id is in your care; foreign and missing read the same."""

    code, status = "not-found", 404

    def __init__(self, what: str, *, pointer: str = "") -> None:
        super().__init__(f"No {what} with this id in your programs.", pointer=pointer)


class Conflict(CareError):
    """What you saw has changed."""

    code, status = "conflict", 409


class Superseded(Conflict):
    """The proposal rests on evidence that has changed since; look at the present one."""

    code = "superseded"


class AlreadySigned(Conflict):
    """Somebody has decided this already."""

    code = "already-signed"


class PathwayClosed(Conflict):
    """The client has left this pathway; open a new one to readmit."""

    code = "pathway-closed"


class AlreadyOpen(Conflict):
    """The client walks this pathway already."""

    code = "already-open"


class NoConsent(Conflict):
    """No active consent lets us tell this."""

    code = "no-consent"


class TooLarge(CareError):
    """The body is larger than this route takes."""

    code, status = "too-large", 413


class Invalid(CareError):
    """Something in the request cannot be right."""

    code, status = "invalid", 422


class NoSuchWord(Invalid):
    """A name that the catalogue does not hold."""

    code = "no-such-word"

    def __init__(
        self, what: str, known: Sequence[str], *, pointer: str = "", parameter: str | None = None
    ) -> None:
        said = f"Unknown {what}. Known: {', '.join(sorted(known))}."
        super().__init__(said, pointer=pointer, parameter=parameter)


class NoSuchStage(NoSuchWord):
    """The definition has no such stage."""

    code = "no-such-stage"


class NoSuchRoute(Invalid):
    """The definition has no such route from here."""

    code = "no-such-route"

    def __init__(self, stage: str, to: str, *, permitted: Sequence[str], definition: str) -> None:
        super().__init__(
            f"No route from '{stage}' to '{to}' in {definition}. Permitted: {', '.join(permitted) or 'none'}. "
            "A supervisor may override with a reason.",
            pointer="/to_stage",
        )


class GuardNotMet(Invalid):
    """A guard binds every chosen move, overrides too."""

    code = "guard-not-met"


class KeyReused(Invalid):
    """This Idempotency-Key was used before with another body."""

    code = "key-reused"


class Unavailable(CareError):
    """A part that is needed is away; the same request may be tried again."""

    code, status = "unavailable", 503
