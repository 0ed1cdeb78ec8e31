"""Tokenizers of tests, as a model's folder has them: byte-level ones that know every text, with any special tokens."""

import json
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

CHATML = """{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

TURNS = """{{ bos_token }}{% for message in messages %}
{%- if message['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif -%}
{%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"""
"""In the manner of Gemma: messages are trimmed, and a system is refused."""

DATED = """{{ bos_token }}<|head|>system<|end|>Today: {{ strftime_now("%d %b %Y") }}{% for message in messages %}
    {%- if message.role == "developer" %}{% continue %}{% endif %}
<|head|>{{ message.role }}<|end|>{% generation %}{{ message.content }}{% endgeneration %}{{ eos_token }}
{% endfor %}{{ {"é": [1, "<"]} | tojson }}{% if add_generation_prompt %}<|head|>assistant<|end|>{% endif %}"""
"""What templates may use: the date, loop controls, JSON, the mark of generated words."""

PLAIN = "{% for message in messages %}### {{ message.role }}: {{ message.content }}\n{% endfor %}"
"""A template that begins with no special token."""


def write_tokenizer(folder: Path, special: list[str], **config: Any) -> Path:
    """Write a tokenizer whose tokens are bytes and the `special` ones, from id 1 on; `config`: what its
    tokenizer_config.json says."""
    folder.mkdir(parents=True, exist_ok=True)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = ["!unused", *special, *alphabet]
    tokenizer = Tokenizer(models.BPE({word: at for at, word in enumerate(words)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word in special])
    tokenizer.save(str(folder / "tokenizer.json"))
    known = {"tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": {}}
    content = {name: value for name, value in (known | config).items() if value is not None}
    (folder / "tokenizer_config.json").write_text(json.dumps(content))
    return folder
