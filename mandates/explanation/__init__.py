"""'Waarom?': why the answer to a check is or was yes or no, from the register, its journal and its check log (D15).

`explain` gives an `Explanation`: a value that the command, the page of support and the page for the supplier render.
What a supplier may read of it is decided in `readers` (docs/decisions/024-what-a-supplier-reads-of-an-explanation.md).
"""

from mandates.explanation.explanation import Event, Explanation, explain
from mandates.explanation.questions import Question, find_check, moment_problem, no_such_check, question_of
from mandates.explanation.readers import ForSupplier, ForSupport
from mandates.explanation.recorded import RecordedChecks, Verdict
from mandates.explanation.text import as_text, incident_in_words, periods_in_words

__all__ = [
    "Event",
    "Explanation",
    "ForSupplier",
    "ForSupport",
    "Question",
    "RecordedChecks",
    "Verdict",
    "as_text",
    "explain",
    "find_check",
    "incident_in_words",
    "moment_problem",
    "no_such_check",
    "periods_in_words",
    "question_of",
]
