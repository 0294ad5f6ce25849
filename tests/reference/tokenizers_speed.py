"""Our `bench tokenize` beside the two packages users run today, in turns, on the rows of ../shared/bench/peers/read_tokenize.py (--keep).

    python tokenizers_speed.py CLI GPT2_FOLDER ROWS.jsonl [--rounds 3]

Each is its own process and says MiB a second of its texts; prints every line, then medians and ratios, by the clock and by the
processor's time (of all threads; on a busy machine the steadier one).
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer, models, pre_tokenizers

PEER = """
import json, os, resource, sys, time
texts = [json.loads(l)["input"] for l in open(sys.argv[2])]
if sys.argv[3] == "tokenizers":
    texts = texts[:len(texts) // 10]  # its speed is the same from the first row to the last, and it takes minutes
size = sum(len(t.encode()) for t in texts)
def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime
if sys.argv[3] == "tokenizers":
    from tokenizers import Tokenizer
    t = Tokenizer.from_file(sys.argv[1])
    c, s = cpu(), time.perf_counter()
    n = sum(len(t.encode_batch_fast(texts[i:i + 8192])) for i in range(0, len(texts), 8192))
else:
    import gigatoken
    t = gigatoken.Tokenizer(sys.argv[1])
    c, s = cpu(), time.perf_counter()
    n = len(t.encode_batch(texts))
seconds = time.perf_counter() - s
print(json.dumps({"bench": sys.argv[3], "mib_per_s": round(size / seconds / 2**20, 1), "seconds": round(seconds, 3), "cpu_seconds": round(cpu() - c, 3), "cpu_mib_per_s": round(size / (cpu() - c) / 2**20, 1),
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""

p = argparse.ArgumentParser()
p.add_argument("cli")
p.add_argument("gpt2")
p.add_argument("rows")
p.add_argument("--rounds", type=int, default=3)
a = p.parse_args()
t = Tokenizer(models.BPE.from_file(f"{a.gpt2}/vocab.json", f"{a.gpt2}/merges.txt"))
t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer = os.path.join(tempfile.mkdtemp(), "tokenizer.json")
t.save(tokenizer)
commands = {"taskfold": [a.cli, "bench", "tokenize", a.gpt2, a.rows, "--field", "input"],
    "gigatoken": [sys.executable, "-c", PEER, tokenizer, a.rows, "gigatoken"], "tokenizers": [sys.executable, "-c", PEER, tokenizer, a.rows, "tokenizers"]}
figures = {name: [] for name in commands}
for _ in range(a.rounds):
    for name, command in commands.items():
        line = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1]
        figure = json.loads(line)
        figure.setdefault("cpu_mib_per_s", round(figure["mib_per_s"] * figure["seconds"] / figure["cpu_seconds"], 1))
        figures[name].append(figure)
        print(name, line, flush=True)
median = {name: {k: statistics.median(f[k] for f in all) for k in ("mib_per_s", "cpu_mib_per_s", "peak_mib")} for name, all in figures.items()}
ours = median["taskfold"]
print(json.dumps({"median": median, "times": {name: {"by_clock": round(ours["mib_per_s"] / m["mib_per_s"], 1),
    "by_cpu": round(ours["cpu_mib_per_s"] / m["cpu_mib_per_s"], 1)} for name, m in median.items()}}))
