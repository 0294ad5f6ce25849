"""Our tokens beside those of the `tokenizers` package.

    python tokenizers_reference.py compare CLI SHARED [--smollm2 FOLDER] [--lines 1000000] [--only NAME]
    python tokenizers_reference.py record OUT

compare: writes at least so many texts (every row of the development tasks, the corpora, generated text in many scripts, emoji,
control characters, every code point, broken UTF-8, very long runs), makes a tokenizer of each family (the vocabularies beside
the checkout; where there is none, one trained on the corpora), and says for each how many texts get other ids. Exit 1 where any does.
record: the same forms, trained on generated text alone, with ids and decoded texts, as small files for tst_tokenizergolden.
"""
import argparse
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
MARKS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
TEKKEN = (rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*|\p{{N}}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
ENDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
O200K = (rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{ENDS}|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{ENDS}|\p{{N}}{{1,3}}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


# ---- texts

def generated_words(rng, count):
    syllables = [a + b for a in "b br c d f g h k l m n p r s st t th v w".split() for b in "a e i o u ai ea ing er".split()]
    return ["".join(rng.choice(syllables) for _ in range(rng.randint(1, 4))) for _ in range(count)]


def generated_sentence(rng, words):
    pieces = []
    for _ in range(rng.randint(1, 25)):
        word = rng.choice(words)
        kind = rng.random()
        if kind < 0.1:
            word = word.capitalize()
        elif kind < 0.14:
            word = word.upper()
        elif kind < 0.2:
            word += rng.choice(["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "\u2019s", "'\u017f", "'x", "-" + word, "_" + word])
        elif kind < 0.27:
            word = str(rng.randint(0, 10 ** rng.randint(1, 12))) + rng.choice(["", "%", ".5", "th", " 000"])
        pieces.append(word)
        pieces.append(rng.choice([" "] * 14 + [", ", ". ", "  ", "\n", "\n\n", "\t", " \n ", "\r\n", "... ", "!? ", " (", ") ", "/", "\u00a0", "\u3000"]))
    return "".join(pieces)


RANGES = [(0x4E00, 0x9FFF), (0x3040, 0x30FF), (0xAC00, 0xD7A3), (0x0400, 0x04FF), (0x0600, 0x06FF), (0x0900, 0x097F), (0x0E00, 0x0E7F),
    (0x00A0, 0x024F), (0x0300, 0x036F), (0x1F300, 0x1FAFF), (0x2000, 0x206F), (0x1E00, 0x1EFF), (0x1100, 0x11FF), (0x0370, 0x03FF),
    (0x2460, 0x24FF), (0xFF00, 0xFFEF), (0x20000, 0x2A6DF), (0, 0x7F), (0, 0x20), (0, 0x10FFFF), (0xFE00, 0xFE0F), (0x1F1E6, 0x1F1FF)]


def point(rng, low, high):
    while True:
        value = rng.randint(low, high)
        if not 0xD800 <= value <= 0xDFFF:
            return chr(value)


def generated_mix(rng, words):
    text = ""
    for _ in range(rng.randint(1, 8)):
        kind = rng.random()
        low, high = rng.choice(RANGES)
        if kind < 0.5:
            text += "".join(point(rng, low, high) for _ in range(rng.randint(1, 12)))
        elif kind < 0.75:
            text += rng.choice(["", " ", "'"]) + rng.choice(words)
        elif kind < 0.9:
            text += rng.choice([" ", "  ", "\n", "\r\n", "\t", "\u2028", "\u00a0 ", "'", "\"", "<", "</s>", "<s>", "<|endoftext|>", "<|im_end|>",
                "[ADD]", " [ADD] ", "x[ADD]", "addedword", " addedword ", "\u2581", "\u2581\u2581", "<0x41>", "<unk>", "e\u0301", "\U0001F469\u200D\U0001F4BB"])
        else:
            text += rng.choice([" ", "a", "=", "\n", "0", "\u4e2d", "\U0001F600", "A", "\u0301"]) * rng.choice([2, 3, 7, 16, 17, 31, 64, 130])
    return text


def generated_texts(rng, count):
    words = generated_words(rng, 3000)
    for i in range(count):
        yield generated_sentence(rng, words) if i % 2 else generated_mix(rng, words)


def every_point():
    """Each code point at the places where it could matter."""
    for value in range(1, 0x110000):
        if 0xD800 <= value <= 0xDFFF or (0x323B0 <= value < 0xE0000) or value > 0xE01FF:
            continue
        c = chr(value)
        yield f"a{c}b '{c} 1{c}2{c}{c} .{c}. \n{c} {c}A{c}Ab"


def long_runs():
    for c in ["a", " ", "0", "\n", "=", "\u4e2d", "\U0001F600", "ab", "a ", " a", "\u00e9", "\u0301", "\u2581", "'s", "Aa", "\t ", "\r\n"]:
        for times in (1000, 20000):
            yield c * times
            yield "x" + c * times + " y"


def shared_texts(shared):
    for file in sorted((shared / "data").rglob("*")):
        if file.suffix == ".jsonl":
            for line in file.read_text().splitlines():
                row = json.loads(line)
                for value in row.values():
                    for text in value if isinstance(value, list) else [value]:
                        if isinstance(text, str) and text:
                            yield text
        elif file.suffix in (".txt", ".md", ".csv", ".tsv"):
            yield from (line for line in file.read_text(errors="replace").splitlines() if line)


def broken_lines(rng, count):
    """Bytes that aren't UTF-8, without line breaks."""
    for _ in range(count):
        good = "".join(point(rng, *rng.choice(RANGES[:12])) for _ in range(rng.randint(1, 20))).encode()
        bad = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            bad.insert(rng.randint(0, len(bad)), rng.choice([0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0xF5, 0xFF, rng.randint(0, 255)]))
        yield bytes(b for b in bad if b not in (10, 13))


# ---- tokenizers

def added():
    return [AddedToken("<|endoftext|>", special=True, normalized=False), AddedToken("<|im_end|>", special=True, normalized=False),
        AddedToken("[ADD]", special=False, normalized=True, lstrip=True, rstrip=True), AddedToken("addedword", single_word=True, normalized=False)]


def byte_level(texts, size, pre, normalizer=None, ignore_merges=False, prefix=False):
    t = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        t.normalizer = normalizer
    t.pre_tokenizer = pre
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, special_tokens=["<|endoftext|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    t.add_tokens(added())
    return t


def split(expression):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(expression), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def piece_alphabet(t, texts, size, normalizer, pre, unk="<unk>"):
    """Trained on marked words, then given the family's own steps: `tokenizers` trains only with a pre-tokenizer."""
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    names = [unk, "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, special_tokens=names, show_progress=False, limit_alphabet=1500))
    raw = json.loads(t.to_str())
    raw["added_tokens"] = raw["added_tokens"][:3]
    t = Tokenizer.from_str(json.dumps(raw))
    t.normalizer = normalizer
    t.pre_tokenizer = pre
    return t


def sentence_pieces(texts, size, form):
    prepend = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    strip = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    model = models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    metaspace = {"first": pre_tokenizers.Metaspace(prepend_scheme="first", split=False),
        "split": pre_tokenizers.Metaspace(prepend_scheme="always", split=True), "never": pre_tokenizers.Metaspace(prepend_scheme="never", split=True)}
    t = piece_alphabet(Tokenizer(model), texts, size, None, None)
    raw = json.loads(t.to_str())
    raw["normalizer"] = raw["pre_tokenizer"] = None
    t = Tokenizer.from_str(json.dumps(raw))
    if form == "prepend":
        t.normalizer = prepend
        t.decoder = decoders.Sequence(strip + [decoders.Strip(" ", 1, 0)])
    else:
        t.pre_tokenizer = metaspace[form]
        t.decoder = decoders.Metaspace(prepend_scheme="never") if form == "never" else decoders.Sequence(strip + [decoders.Strip(" ", 1, 0)])
    if form == "first":
        t.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    t.add_tokens(added()[1:])
    return t


def without_bytes(texts, size, fuse):
    """Characters that aren't in the vocabulary become the unknown token, together or each."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse))
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.decoder = decoders.Metaspace()
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, special_tokens=["<unk>"], show_progress=False, limit_alphabet=60))
    return t


def trained(texts, size):
    bytes_ = pre_tokenizers.ByteLevel
    return {
        "gpt2-form": lambda: byte_level(texts, size, bytes_(add_prefix_space=False)),
        "gpt2-prefix-space": lambda: byte_level(texts, size, bytes_(add_prefix_space=True)),
        "llama3-form": lambda: byte_level(texts, size, split(LLAMA3), ignore_merges=True),
        "qwen2-form": lambda: byte_level(texts, size, split(QWEN2), normalizers.NFC()),
        "qwen-marks-form": lambda: byte_level(texts, size, split(MARKS), normalizers.NFC()),
        "tekken-form": lambda: byte_level(texts, size, split(TEKKEN), ignore_merges=True),
        "o200k-form": lambda: byte_level(texts, size, split(O200K)),
        "smollm-form": lambda: byte_level(texts, size, pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), bytes_(add_prefix_space=False)])),
        "digit-runs": lambda: byte_level(texts, size, pre_tokenizers.Sequence([pre_tokenizers.Digits(), bytes_(add_prefix_space=True)])),
        "normalised": lambda: byte_level(texts, size, bytes_(add_prefix_space=False), normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip(), normalizers.Replace("\u00e9", "e")])),
        "decomposed": lambda: byte_level(texts, size, bytes_(add_prefix_space=False), normalizers.Sequence([normalizers.NFD(), normalizers.Replace(Regex(" {2,}"), " ")])),
        "llama2-form": lambda: sentence_pieces(texts, size, "prepend"),
        "mistral-form": lambda: sentence_pieces(texts, size, "first"),
        "metaspace-split": lambda: sentence_pieces(texts, size, "split"),
        "metaspace-never": lambda: sentence_pieces(texts, size, "never"),
        "unknown-fused": lambda: without_bytes(texts, size, True),
        "unknown-each": lambda: without_bytes(texts, size, False),
    }


def read_pieces(path):
    """(text, score, type) of each piece of a SentencePiece model."""
    data, at, out = path.read_bytes(), 0, []

    def number(at):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value, at
    while at < len(data):
        tag, at = number(at)
        size, at = number(at)
        end = at + size
        if tag == 10:
            text, score, kind = "", 0.0, 1
            while at < end:
                field, at = number(at)
                if field == 10:
                    n, at = number(at)
                    text = data[at:at + n].decode()
                    at += n
                elif field == 21:
                    score = struct.unpack("<f", data[at:at + 4])[0]
                    at += 4
                else:
                    kind, at = number(at)
            out.append((text, score, kind))
        at = end
    return out


def from_pieces(path, form):
    """As transformers converts it: a merge for every way to make a piece of two, by the piece's score."""
    pieces = read_pieces(path)
    vocab = {text: i for i, (text, _, _) in enumerate(pieces)}
    scores = {text: score for text, score, _ in pieces}
    merges = []
    for text, score, _ in pieces:
        local = [(text[:i], text[i:]) for i in range(1, len(text)) if text[:i] in vocab and text[i:] in vocab]
        merges += [(a, b, score) for a, b in sorted(local, key=lambda x: (vocab[x[0]], vocab[x[1]]))]
    merges.sort(key=lambda m: (m[2], len(m[0]), len(m[1])), reverse=True)
    t = Tokenizer(models.BPE(vocab, [(a, b) for a, b, _ in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if form == "prepend":
        t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    else:
        t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    t.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.add_special_tokens([AddedToken(text, normalized=False, special=True) for text, _, kind in pieces if kind in (2, 3)])
    return t


def real(shared, smollm2):
    folder = shared / "models" / "tokenizers"

    def gpt2():
        t = Tokenizer(models.BPE.from_file(str(folder / "gpt2" / "vocab.json"), str(folder / "gpt2" / "merges.txt")))
        t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        t.decoder = decoders.ByteLevel()
        t.add_special_tokens(["<|endoftext|>"])
        return t
    out = {"gpt2": gpt2, "stories260K": lambda: Tokenizer.from_file(str(shared / "models" / "stories260K-hf" / "tokenizer.json")),
        "mistral-v1-prepend": lambda: from_pieces(folder / "mistral-spm" / "tokenizer.model.v1", "prepend"),
        "mistral-v3-first": lambda: from_pieces(folder / "mistral-spm" / "tokenizer.model.v3", "first"),
        "torchtune-llama3": lambda: Tokenizer.from_file(str(folder / "small-fixtures" / "torchtune_tokenizer.json")),
        "torchtune-qwen2": lambda: Tokenizer.from_file(str(folder / "small-fixtures" / "torchtune_tiny_bpe_tokenizer.json"))}
    if smollm2:
        out["smollm2"] = lambda: Tokenizer.from_file(f"{smollm2}/tokenizer.json")
    return out


# ---- the two ways to run it

def ours(cli, model, file, field):
    command = [cli, "tokenize", model, file] + (["--field", field] if field else [])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            yield line.rstrip("\n")
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: exit {process.returncode}")


def differences(t, texts, lines, name):
    wrong = count = 0
    batch = []

    def flush():
        nonlocal wrong, count
        for text, encoding in zip(batch, t.encode_batch_fast(batch, add_special_tokens=False)):
            line = next(lines, None)
            expected = " ".join(map(str, encoding.ids))
            count += 1
            if line != expected:
                wrong += 1
                if wrong <= 3:
                    print(f"{name}: {text[:120]!r}\n  theirs {expected[:300]}\n  ours   {str(line)[:300]}")
        batch.clear()
    for text in texts:
        batch.append(text)
        if len(batch) == 4096:
            flush()
    flush()
    return wrong, count


def compare(a):
    rng = random.Random(7)
    shared = pathlib.Path(a.shared).resolve()
    work = pathlib.Path(tempfile.mkdtemp())
    base = list(shared_texts(shared))
    texts = base + list(long_runs()) + list(every_point())
    texts += generated_texts(rng, max(a.lines - len(texts), 100000))
    (work / "texts.jsonl").write_text("".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts))
    broken = list(broken_lines(rng, 20000))
    (work / "broken.txt").write_bytes(b"\n".join(broken) + b"\n")
    print(f"{len(texts)} texts, {len(broken)} broken lines, {sum(len(t.encode()) for t in texts) >> 20} MiB", flush=True)
    corpus = rng.sample(base, min(len(base), 60000)) + list(generated_texts(rng, 20000))
    failed = False
    for name, make in {**real(shared, a.smollm2), **trained(corpus, 6000)}.items():
        if a.only and a.only not in name:
            continue
        t = make()
        model = work / f"{name}.json"
        t.save(str(model))
        if name == "gpt2":
            model = shared / "models" / "tokenizers" / "gpt2"
        wrong, count = differences(t, texts, ours(a.cli, model, work / "texts.jsonl", "text"), name)
        more, lines = differences(t, [b.decode(errors="replace") for b in broken], ours(a.cli, model, work / "broken.txt", ""), name)
        failed |= wrong + more > 0
        print(json.dumps({"tokenizer": name, "texts": count + lines, "different": wrong + more}), flush=True)
    return 1 if failed else 0


def record(a):
    out = pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(11)
    texts = list(generated_texts(rng, 1500))
    for name, make in trained(texts, 560).items():
        t = make()
        cases = []
        for text in generated_texts(rng, 60):
            ids = t.encode(text, add_special_tokens=False).ids
            cases.append({"text": text, "ids": ids, "decoded": t.decode(ids)})
        decodes = []
        for _ in range(40):
            ids = [rng.randrange(t.get_vocab_size()) for _ in range(rng.randint(1, 12))]
            decodes.append({"ids": ids, "decoded": t.decode(ids)})
        file = {"made_by": "tests/reference/tokenizers_reference.py record; generated text only", "tokenizer": json.loads(t.to_str()),
            "cases": cases, "decodes": decodes}
        (out / f"{name}.json").write_text(json.dumps(file, ensure_ascii=True, separators=(",", ":")) + "\n")
    return 0


p = argparse.ArgumentParser()
commands = p.add_subparsers(required=True)
c = commands.add_parser("compare")
c.add_argument("cli")
c.add_argument("shared")
c.add_argument("--smollm2", default="")
c.add_argument("--lines", type=int, default=1000000)
c.add_argument("--only", default="")
c.set_defaults(run=compare)
r = commands.add_parser("record")
r.add_argument("out")
r.set_defaults(run=record)
arguments = p.parse_args()
sys.exit(arguments.run(arguments))
