"""Writes the GGUF files of tests/data/formats and what gguf-py and transformers read from them (random numbers, a fixed seed).

    python tests/references/gguf_models.py        # with gguf 0.19, transformers 4.57 and torch

quants.gguf holds blocks of random bytes in every type that is read; NAME.gguf a model of two layers with a tokenizer. gguf.json
has, for each tensor, the SHA-256 of its numbers as little-endian fp32: by gguf.dequantize for quants.gguf, under transformers'
names and in its row order (from_pretrained with gguf_file) for the models.
"""
import hashlib
import json
import pathlib

import numpy as np
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T, GGUFReader, GGUFWriter, dequantize, quantize
from transformers import AutoModelForCausalLM

OUT = pathlib.Path(__file__).parent.parent / "data" / "formats"
TYPES = [T.F32, T.F16, T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q4_K, T.Q5_K, T.Q6_K]
# Where the halves lie that blocks are scaled by: they stay finite numbers.
HALVES = {T.Q8_0: [0], T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}
random = np.random.default_rng(20240607)


def digest(numbers):
    return hashlib.sha256(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).hexdigest()


def random_blocks(kind, rows, columns):
    block, size = GGML_QUANT_SIZES[kind]
    if kind in (T.F32, T.F16, T.BF16):
        numbers = random.standard_normal((rows, columns)).astype(np.float32)
        return numbers if kind == T.F32 else quantize(numbers, kind)
    raw = random.integers(0, 256, (rows, columns // block, size), dtype=np.uint8)
    for at in HALVES[kind]:
        scale = (random.standard_normal((rows, columns // block)) * 0.01).astype(np.float16)
        raw[:, :, at:at + 2] = scale.view(np.uint8).reshape(rows, columns // block, 2)
    return raw.reshape(rows, -1)


def write_quants(expected):
    writer = GGUFWriter(OUT / "quants.gguf", "llama")
    for kind in TYPES:
        raw = random_blocks(kind, 4, 512)
        writer.add_tensor(kind.name, raw, raw_dtype=kind)
        expected[kind.name] = digest(dequantize(raw.view(np.uint8) if kind != T.F32 else raw, kind))
    finish(writer)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def permuted(weight, heads):
    """The row order of llama.cpp's llama: rotary pairs side by side."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def letters():
    """GPT-2's letters for the 256 bytes, by byte."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(b) if b in shown else chr(256 + sum(1 for c in range(b) if c not in shown)) for b in range(256)]


def byte_level(writer, pre, **flags):
    merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "Ġw o", "r l", "Ġwo rl", "Ġworl d", "1 2", "12 3"]
    tokens = letters() + [m.replace(" ", "") for m in merges] + ["<|begin|>", "<|end|>", "<user>"]
    kinds = [1] * (256 + len(merges)) + [3, 3, 4]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(len(tokens) - 3)
    writer.add_eos_token_id(len(tokens) - 2)
    writer.add_add_bos_token(flags.get("bos", False))
    return len(tokens)


def pieces(writer):
    words = ["▁", "h", "e", "l", "o", "w", "r", "d", "he", "ll", "hell", "hello", "▁hello", "▁w", "▁wo", "▁wor", "▁world", "ld", "or"]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + words
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * 259 + [-1000.0] * 8 + [-float(i) for i in range(len(words) - 8)])
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * len(words))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    return len(tokens)


def write_model(name, arch, kind, tokenizer, expected, *, tied, qkv_bias=False, norms=False, head=16, freqs=None, settings=()):
    hidden, layers, heads, kv, feed = 64, 2, 4, 2, 96
    writer = GGUFWriter(OUT / f"{name}.gguf", arch)
    writer.add_name(name)
    writer.add_license("cc0-1.0")
    vocabulary = tokenizer(writer)
    writer.add_block_count(layers)
    writer.add_context_length(256)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(feed)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(vocabulary)
    if head * heads != hidden:
        writer.add_key_length(head)
        writer.add_value_length(head)
    if arch == "llama":
        writer.add_rope_dimension_count(head)
    for key, value in settings:
        writer.add_string(key, value) if isinstance(value, str) else writer.add_float32(key, value)

    def put(tensor, shape, scale=0.2, centre=0.0, as_kind=kind):
        numbers = (centre + scale * random.standard_normal(shape)).astype(np.float32)
        if len(shape) == 1:
            as_kind = T.F32
        if arch == "llama" and (".attn_q." in tensor or ".attn_k." in tensor):
            numbers = permuted(numbers, heads if ".attn_q." in tensor else kv)
        raw = numbers if as_kind == T.F32 else quantize(numbers, as_kind)
        writer.add_tensor(tensor, raw, raw_dtype=as_kind)

    put("token_embd.weight", (vocabulary, hidden))
    if freqs is not None:
        writer.add_tensor("rope_freqs.weight", np.array(freqs, dtype=np.float32))
    for i in range(layers):
        put(f"blk.{i}.attn_norm.weight", (hidden,), 0.1, 1.0)
        for part, rows in (("q", heads * head), ("k", kv * head), ("v", kv * head)):
            put(f"blk.{i}.attn_{part}.weight", (rows, hidden))
            if qkv_bias:
                put(f"blk.{i}.attn_{part}.bias", (rows,))
        if norms:
            put(f"blk.{i}.attn_q_norm.weight", (head,), 0.1, 1.0)
            put(f"blk.{i}.attn_k_norm.weight", (head,), 0.1, 1.0)
        put(f"blk.{i}.attn_output.weight", (hidden, heads * head))
        put(f"blk.{i}.ffn_norm.weight", (hidden,), 0.1, 1.0)
        put(f"blk.{i}.ffn_gate.weight", (feed, hidden))
        put(f"blk.{i}.ffn_up.weight", (feed, hidden))
        put(f"blk.{i}.ffn_down.weight", (hidden, feed))
    put("output_norm.weight", (hidden,), 0.1, 1.0)
    if not tied:
        put("output.weight", (vocabulary, hidden))
    finish(writer)
    model = AutoModelForCausalLM.from_pretrained(OUT, gguf_file=f"{name}.gguf", dtype=torch.float32)
    state = {key: value for key, value in model.state_dict().items() if not (tied and key == "lm_head.weight")}
    expected[name] = {key: digest(value.numpy()) for key, value in sorted(state.items())}


def llama3_factors(head, theta=10000.0, factor=8.0, low=1.0, high=4.0, original=8192):
    """As convert_hf_to_gguf.py: what the frequencies are divided by."""
    factors = []
    for i in range(0, head, 2):
        wave = 2 * np.pi / (1.0 / theta ** (i / head))
        if wave < original / high:
            factors.append(1)
        elif wave > original / low:
            factors.append(factor)
        else:
            smooth = (original / wave - low) / (high - low)
            factors.append(1 / ((1 - smooth) / factor + smooth))
    return factors


OUT.mkdir(parents=True, exist_ok=True)
result = {"made_by": "tests/references/gguf_models.py", "quants": {}, "models": {}}
write_quants(result["quants"])
models = result["models"]
write_model("llama-spm-q8_0", "llama", T.Q8_0, pieces, models, tied=False)
write_model("llama-smollm-q4_1", "llama", T.Q4_1, lambda w: byte_level(w, "smollm"), models, tied=True)
write_model("llama3-f16", "llama", T.F16, lambda w: byte_level(w, "llama-bpe", bos=True), models, tied=True, freqs=llama3_factors(16))
write_model("qwen2-bf16", "qwen2", T.BF16, lambda w: byte_level(w, "qwen2"), models, tied=True, qkv_bias=True)
write_model("qwen3-q5_0", "qwen3", T.Q5_0, lambda w: byte_level(w, "qwen2"), models, tied=False, norms=True, head=128)
(OUT / "gguf.json").write_text(json.dumps(result, indent=1) + "\n")
