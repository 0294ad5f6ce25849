"""Writes tests/data/formats/rotary.json: the angles of rotary positions by transformers, for configs of every scaling.

    python tests/references/rotary.py        # with transformers 4.57 and torch
"""
import json
import pathlib

from transformers import AutoConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

SIZES = dict(num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=96, vocab_size=320,
             rms_norm_eps=1e-5)
CASES = [
    ("llama", 128, 32, 10000.0, 2048, None),
    ("llama", 256, 64, 100000.0, 8192, None),
    ("llama", 256, 64, 10000.0, 4096, {"rope_type": "linear", "factor": 4.0}),
    ("llama", 256, 64, 10000.0, 4096, {"type": "dynamic", "factor": 2.0}),
    ("llama", 512, 128, 500000.0, 131072, {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                           "original_max_position_embeddings": 8192}),
    ("llama", 256, 64, 500000.0, 131072, {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                          "original_max_position_embeddings": 8192}),
    ("llama", 40, 10, 500.0, 256, {"rope_type": "llama3", "factor": 3.5, "low_freq_factor": 1.5, "high_freq_factor": 3.0,
                                   "original_max_position_embeddings": 100}),
    ("qwen2", 512, 128, 1000000.0, 32768, {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}),
    ("qwen3", 512, 128, 1000000.0, 40960, {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768,
                                           "beta_fast": 16, "beta_slow": 2, "truncate": False}),
    ("mistral", 256, 64, 10000.0, 16384, {"rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 1024, "mscale": 0.7,
                                          "mscale_all_dim": 1.0}),
    ("mistral", 256, 64, 1000000.0, 32768, {"rope_type": "yarn", "factor": 8.0, "attention_factor": 0.9}),
    ("qwen2", 256, 64, 1000000.0, 32768, {"rope_type": "default"}),
]

cases = []
for model_type, hidden, head, theta, context, scaling in CASES:
    written = dict(model_type=model_type, hidden_size=hidden, head_dim=head, rope_theta=theta, max_position_embeddings=context,
                   rope_scaling=scaling, **SIZES)
    config = AutoConfig.for_model(**json.loads(json.dumps(written)))
    kind = (config.rope_scaling or {}).get("rope_type", "default")
    frequencies, scale = ROPE_INIT_FUNCTIONS[kind](config, "cpu")
    cases.append({"config": written, "frequencies": [float(f) for f in frequencies], "scale": float(scale)})
out = pathlib.Path(__file__).parent.parent / "data" / "formats" / "rotary.json"
out.write_text(json.dumps({"made_by": "tests/references/rotary.py", "cases": cases}) + "\n")
print(out, len(cases))
