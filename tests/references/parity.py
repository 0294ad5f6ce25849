"""Writes tests/data/parity: tiny random models of each family, and what transformers and peft compute with them.

    python tests/references/parity.py OUT        (transformers 4.57, peft 0.21, torch on the CPU)

Weights are drawn from a seed and rounded to bf16, so that a small file holds them exactly. reference.json: logits of one row,
the losses of ten steps (AdamW, constant rate, mean over target tokens, no clipping), of the whole model and of an adapter, the
greedy continuation, and logits with the adapter after its ten steps (adapter/ before, trained/ after them).
"""
import json
import pathlib
import shutil
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

out = pathlib.Path(sys.argv[1])
torch.set_num_threads(1)
COMMON = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48, vocab_size=80,
              max_position_embeddings=64, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, pad_token_id=0)
FAMILIES = {
    "smollm2": ("llama", dict(tie_word_embeddings=True, rope_theta=100000.0)),
    "llama3": ("llama", dict(tie_word_embeddings=False, rope_theta=500000.0, rope_scaling=dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16))),
    "mistral": ("mistral", dict(tie_word_embeddings=False, sliding_window=6, head_dim=8)),
    "qwen2": ("qwen2", dict(tie_word_embeddings=True, use_sliding_window=False)),
    "qwen3": ("qwen3", dict(tie_word_embeddings=False, head_dim=12)),
}
rounded = lambda t: [float(f"{x:.7g}") for x in t.double().flatten().tolist()]


def rows(generator):
    start = torch.randint(3, 80, (6,), generator=generator).tolist()
    made = []
    for length in (9, 14, 20, 11):
        own = torch.randint(3, 80, (length,), generator=generator).tolist()
        made.append({"tokens": start + own, "target_start": len(start) + length - 3})
    return made


def loss_of(model, batch):
    total, count = 0, 0
    for row in batch:  # one by one: nothing can depend on padding
        tokens = torch.tensor([row["tokens"]])
        logits = model(input_ids=tokens).logits[0]
        at = row["target_start"]
        total = total + torch.nn.functional.cross_entropy(logits[at - 1:-1], tokens[0, at:], reduction="sum")
        count += tokens.shape[1] - at
    return total / count


def train(model, batch):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0)
    losses = []
    for _ in range(10):
        loss = loss_of(model, batch)
        losses.append(float(f"{loss.item():.8g}"))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


for name, (kind, settings) in FAMILIES.items():
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(len(name) * 1000 + ord(name[0]))
    config = AutoConfig.for_model(kind, **COMMON, **settings)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float()
    with torch.no_grad():
        for key, p in model.named_parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * 0.2 + (1 if "norm" in key else 0))
            p.copy_(p.bfloat16().float())
    model.save_pretrained(folder)
    weights = {k: v.bfloat16() for k, v in load_file(folder / "model.safetensors").items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    (folder / "generation_config.json").unlink(missing_ok=True)
    batch = rows(generator)
    probe = torch.tensor([batch[2]["tokens"]])
    with torch.no_grad():
        reference = {"rows": batch, "logits": rounded(model(input_ids=probe).logits)}
        text = model.generate(probe, do_sample=False, max_new_tokens=16, attention_mask=torch.ones_like(probe), pad_token_id=0, eos_token_id=2)
        reference["greedy"] = text[0, probe.shape[1]:].tolist()
    load = lambda: AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    peft = get_peft_model(load(), LoraConfig(r=3, lora_alpha=6, target_modules="all-linear", task_type="CAUSAL_LM"))
    with torch.no_grad():
        for p in peft.parameters():
            if p.requires_grad:
                p.copy_((torch.randn(p.shape, generator=generator) * 0.1).bfloat16().float())
    peft.save_pretrained(folder / "adapter")
    reference["lora_losses"] = train(peft, batch)
    with torch.no_grad():
        reference["lora_logits"] = rounded(peft(input_ids=probe).logits)
    peft.save_pretrained(folder / "trained")
    for part in ("adapter", "trained"):
        (folder / part / "README.md").unlink(missing_ok=True)
        file = folder / part / "adapter_config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "base_model_name_or_path": ".."}, indent=1))
    reference["full_losses"] = train(model, batch)
    (folder / "reference.json").write_text(json.dumps(reference))
    print(name, reference["full_losses"][0], reference["full_losses"][-1], reference["lora_losses"][-1], reference["greedy"])
