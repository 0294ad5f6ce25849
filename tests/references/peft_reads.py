"""Whether an adapter that was made here loads in PEFT and scores as it does here.

    python tests/references/peft_reads.py TASKFOLD_CLI ADAPTER_FOLDER

Prints both sums of log p of one continuation; fails where they differ by more than 1e-4.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
from tokenizers import Tokenizer

cli, folder = sys.argv[1], pathlib.Path(sys.argv[2])
base = (folder / json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"]).resolve()
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), folder)
assert any(p.abs().sum() > 0 for n, p in model.named_parameters() if "lora_B" in n), "nothing was learned"
tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
text, target = "Name the intent of the bank customer's question.\nWhere is my card?\n", "card arrival"
first, second = tokenizer.encode(text, add_special_tokens=False).ids, tokenizer.encode(target, add_special_tokens=False).ids
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
    file.write(json.dumps({"input": text, "target": target}) + "\n")
    file.flush()
    ours = json.loads(subprocess.run([cli, "score", folder, file.name, "--json"], capture_output=True, text=True, check=True).stdout)["rows"][0]["logprob"]
bos = json.loads((base / "config.json").read_text()).get("bos_token_id")
for start in ([], [bos]):
    ids = torch.tensor([start + first + second])
    with torch.no_grad():
        logs = torch.log_softmax(model(input_ids=ids).logits[0].double(), -1)
    peft = logs[len(start) + len(first) - 1:-1].gather(1, torch.tensor(second)[:, None]).sum().item()
    print(json.dumps({"ours": ours, "peft": peft, "start_token": bool(start)}))
    if abs(ours - peft) < 1e-4:
        sys.exit(0)
sys.exit("they differ")
