"""The directive `quiz`: a question, and answers that each open to say whether and why they are right.

    ::::{quiz} You double the loss. What do Adam's steps do?
    - [ ] They double.

      SGD's do. Adam divides by a root that doubles as well.
    - [x] They stay as they are, up to ε.

      Numerator and denominator double.
    ::::

Each answer is a `<details>` of plain HTML, which mouse, keyboard and screen reader know, without any script.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

ANSWER = re.compile(r"^\s*<input[^>]*checkbox[^>]*>")


class Question(nodes.General, nodes.Element):
    """A question with its answers."""


class Answer(nodes.General, nodes.Element):
    """One answer: first a paragraph that is seen, then what opening it shows."""


class Quiz(SphinxDirective):
    """Makes a Question of the directive's text."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The nodes in the directive's place; an error if not exactly one answer is right, or one has no reason."""
        text, messages = self.state.inline_text(self.arguments[0], self.lineno)
        number = self.env.new_serialno("quiz") + 1
        question = Question(name=f"quiz-{number}")
        question += nodes.paragraph(
            "", "", nodes.strong("", f"{number}. "), *text, classes=["question"], ids=[f"quiz-{number}"]
        )
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        if len(body) != 1 or not isinstance(body[0], nodes.bullet_list):
            raise self.error("a quiz holds a list of answers, `- [ ] …` and `- [x] …`, and nothing else")
        rights = 0
        for item in body[0]:
            first = item[0]
            box = first[0] if isinstance(first, nodes.paragraph) and len(first) else None
            if not isinstance(box, nodes.raw) or not ANSWER.match(box.astext()):
                raise self.error(f"this answer begins with neither [ ] nor [x]: {item.astext()[:60]}")
            if len(item) < 2:
                raise self.error(f"this answer has no explanation, as a paragraph below it: {item.astext()[:60]}")
            right = "checked" in box.astext()
            rights += right
            first.remove(box)
            question += Answer("", first, *item[1:], right=right)
        if rights != 1:
            raise self.error(f"{rights} answers are right; it must be one")
        return [question, *messages]


def visit_question(self: HTML5Translator, node: Question) -> None:
    """The answers as one group, named by the question."""
    self.body.append(f'<div class="quiz" role="group" aria-labelledby="{node["name"]}">')


def visit_answer(self: HTML5Translator, node: Answer) -> None:
    """A `<details>` whose summary is the answer."""
    kind, words = ("right", "Right.") if node["right"] else ("wrong", "No.")
    first, *rest = node.children
    self.body.append(f'<details class="answer {kind}"><summary><span>')
    for child in first.children:
        child.walkabout(self)
    self.body.append(f'</span></summary><div class="why"><p class="verdict">{words}</p>')
    for child in rest:
        child.walkabout(self)
    self.body.append("</div></details>")
    raise nodes.SkipNode


def close(self: HTML5Translator, node: Question) -> None:
    """The end of a question."""
    self.body.append("</div>")


def setup(app: Sphinx) -> None:
    """Teach Sphinx the directive."""
    app.add_directive("quiz", Quiz)
    app.add_node(Question, html=(visit_question, close))
    app.add_node(Answer, html=(visit_answer, None))
