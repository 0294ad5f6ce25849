"""Whether what an export wrote is read by the servers' own libraries with the same numbers and the same text.

    python tests/references/exports_read.py TASKFOLD_CLI HF_FOLDER_OR_GGUF... [--prompt TEXT] [--tokens N]

A folder in Hugging Face form: transformers' sum of log p of a continuation beside `score` (1e-4), and its greedy text beside
`generate`. A .gguf file: llama.cpp's greedy text (package xllamacpp) beside `generate` of the same file, taken in by `base add`.
Needs transformers, torch and xllamacpp; prints one JSON line each and fails where they differ.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

p = argparse.ArgumentParser()
p.add_argument("cli")
p.add_argument("models", nargs="+", type=pathlib.Path)
p.add_argument("--prompt", default="Name the intent of the bank customer's question.\nWhere is my new card?\n")
p.add_argument("--target", default="card arrival")
p.add_argument("--tokens", type=int, default=24)
a = p.parse_args()


def run(*arguments):
    end = subprocess.run([a.cli, *map(str, arguments), "--json"], capture_output=True, text=True)
    if end.returncode:
        sys.exit(end.stderr[-500:])
    return json.loads(end.stdout)


def ours(model, work):
    pair = work / "pair.jsonl"
    pair.write_text(json.dumps({"input": a.prompt, "target": a.target}) + "\n")
    score = run("score", model, pair)["rows"][0]["logprob"]
    return score, run("generate", model, "--prompt", a.prompt, "--max-new-tokens", a.tokens)["text"]


def transformers_side(folder):
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    first = tokenizer.encode(a.prompt, add_special_tokens=False).ids
    second = tokenizer.encode(a.target, add_special_tokens=False).ids
    found = []
    bos = json.loads((folder / "config.json").read_text()).get("bos_token_id")
    for start in ([], [bos]):
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([start + first + second])).logits[0].double()
            text = model.generate(torch.tensor([start + first]), max_new_tokens=a.tokens, do_sample=False)[0][len(start + first):]
        logs = torch.log_softmax(logits, -1)[len(start) + len(first) - 1:-1]
        found.append((logs.gather(1, torch.tensor(second)[:, None]).sum().item(), tokenizer.decode(text.tolist())))
    return found


def llama_cpp_side(file):
    import xllamacpp
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx, params.n_parallel, params.warmup = 512, 1, False
    params.sampling.temp, params.sampling.top_k = 0, 1
    answer = xllamacpp.Server(params).handle_completions({"prompt": a.prompt, "max_tokens": a.tokens, "n_predict": a.tokens,
        "temperature": 0, "top_k": 1, "cache_prompt": False, "repeat_penalty": 1.0})
    return answer["choices"][0]["text"]


failed = False
for model in a.models:
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        if model.suffix == ".gguf":
            run("new", work / "project")
            run("base", "add", work / "project", model.resolve(), "--name", "again")
            _, text = ours(next((work / "project" / "models").iterdir()), work)
            peer = llama_cpp_side(model)
            same = text.strip() == peer.strip()
            print(json.dumps({"model": model.name, "ours": text, "llama.cpp": peer, "same": same}, ensure_ascii=False), flush=True)
        else:
            score, text = ours(model, work)
            found = transformers_side(model)
            same = any(abs(score - s) < 1e-4 * max(1, abs(s)) and text.strip() == t.strip() for s, t in found)
            print(json.dumps({"model": model.name, "ours": [score, text], "transformers": found, "same": same}, ensure_ascii=False), flush=True)
        failed |= not same
sys.exit("they differ" if failed else 0)
