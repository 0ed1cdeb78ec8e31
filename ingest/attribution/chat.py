"""Messages as a prompt, by the model's own chat template.

`by_transformers` is what is traced. `by_template` gives the same text without transformers, for a server that checks
and shows a prompt before it is queued. Where the assistant has the last word, the prompt ends in its message, which the
model goes on with; else in the beginning of its answer.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from queries.errors import EmptyPrompt, InvalidRequest, NoChatTemplate
from queries.graph.records import Message

if TYPE_CHECKING:
    import jinja2

TEMPLATE_FILE = "chat_template.jinja"
_END = "CONTINUE_FINAL_MESSAGE_TAG "
"""transformers' mark of the place where a prompt that is gone on with ends."""


def by_transformers(tokenizer: Any, messages: Sequence[Message], model: str) -> str:
    """What the template of transformers' tokenizer makes of the messages, start token and all.

    Raises NoChatTemplate, EmptyPrompt, InvalidRequest where the template refuses them.
    """
    from jinja2 import TemplateError

    _check(messages)
    if tokenizer.chat_template is None:
        raise NoChatTemplate(model)
    goes_on = _goes_on(messages)
    try:
        text: str = tokenizer.apply_chat_template(
            [message.model_dump() for message in messages],
            tokenize=False,
            add_generation_prompt=not goes_on,
            continue_final_message=goes_on,
        )
    except (TemplateError, ValueError) as error:
        raise _refused(error) from error
    return text


def by_template(
    template: str | None, messages: Sequence[Message], special_tokens: Mapping[str, Any], model: str
) -> str:
    """The same by jinja2 alone. `special_tokens`: by the names that a template knows them by, such as `bos_token`.

    Raises like `by_transformers`.
    """
    from jinja2 import TemplateError

    _check(messages)
    if template is None:
        raise NoChatTemplate(model)
    goes_on = _goes_on(messages)
    given = [message.model_dump() for message in messages]
    if goes_on:
        given[-1]["content"] += _END
    try:
        text = _compiled(template).render(
            messages=given,
            tools=None,
            documents=None,
            add_generation_prompt=not goes_on,
            **special_tokens,
        )
        return _up_to_end(text, messages[-1].content) if goes_on else text
    except (TemplateError, ValueError) as error:
        raise _refused(error) from error


def plain(messages: Sequence[Message]) -> str:
    """Messages as a text for people, where no template is at hand."""
    return "\n".join(f"{message.role}: {message.content}" for message in messages)


def read_template(folder: Path, config: Mapping[str, Any]) -> str | None:
    """The chat template of a tokenizer's folder, whose tokenizer_config.json is `config`; None: it has none."""
    file = folder / TEMPLATE_FILE
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template = config.get("chat_template")
    if isinstance(template, list):  # several, by name
        template = next((one["template"] for one in template if one["name"] == "default"), None)
    return template if isinstance(template, str) else None


def _check(messages: Sequence[Message]) -> None:
    if not any(message.content.strip() for message in messages):
        raise EmptyPrompt


def _goes_on(messages: Sequence[Message]) -> bool:
    return messages[-1].role == "assistant"


def _refused(error: Exception) -> InvalidRequest:
    return InvalidRequest("messages", f"the model's chat template does not take them: {error}")


def _up_to_end(text: str, last: str) -> str:
    """The text up to the end of the last message, as transformers cuts it. Raises ValueError."""
    mark = _END.strip()
    if last.strip() not in text or mark not in text:
        raise ValueError("it leaves out the last message, which is to be gone on with")
    place = text.rindex(mark)
    if text[place:].startswith(_END):
        return text[:place]
    return text[:place].rstrip()  # the template trims messages


@lru_cache(maxsize=8)
def _compiled(template: str) -> "jinja2.Template":
    """The template in the environment that transformers gives it: sandboxed, since it came with a model's files."""
    import jinja2
    from jinja2.ext import Extension
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """{% generation %}, which marks the assistant's words for training: here they are words."""

        tags = {"generation"}  # noqa: RUF012

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return jinja2.nodes.Scope(body).set_lineno(line)

    def raise_exception(message: str) -> None:
        raise jinja2.TemplateError(message)

    def tojson(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, **options)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return environment.from_string(template)
