#!/usr/bin/env python3
"""What scikit-learn, seqeval, sacrebleu, rouge-score and SciPy say, recorded for tst_reference.

    pip install scikit-learn seqeval sacrebleu rouge-score scipy
    python3 tests/reference/metrics.py > tests/data/reference.json

The rows aren't stored: both sides draw them from the fragments below with the same generator (SplitMix64), so that the file
stays small. Where a reference leaves a choice, it is made here and said:
- labels are compared folded (NFC, white space collapsed, case folded), as method.md 10 says, so they are folded before;
- macro-F1 averages over the labels that occur in gold; micro-F1 counts an answer that is no label as no false positive
  (scikit-learn's `labels=` argument says both);
- entity F1 counts multisets of (type, value): the k-th occurrence of a pair gets a position of its own in a BIO rendering, so
  that seqeval's spans are equal exactly where the pairs are;
- ROUGE-L is computed twice: with rouge-score's own tokens (a-z, 0-9), and with runs of letters, digits and marks of any script,
  Han and kana one by one (method.md 10), through rouge-score's `tokenizer=` argument.
"""
import json
import sys
import unicodedata
import warnings

import numpy
import scipy.stats
import sklearn.metrics
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF
from seqeval.metrics import f1_score

MASK = (1 << 64) - 1
ROWS = 12000
BLOCK = 200
FRAGMENTS = [
    "the", "The", "flight", "flights", "to", "Boston", "on", "9.5%", "3,000", "A-1", "1-2", "U.S.", "don't", "e-mail", "well-known",
    "(yes)", "[x]", "{y}", "\"quoted\"", "&amp;", "&lt;b&gt;", "<skipped>", "...", "?!", "--", "-\n", "\n", "\t", "  ", "",
    "=1+1", "@home", "#tag", "C++", "a/b", "x_y", "~", "\u00e9t\u00e9", "e\u0301t\u00e9", "stra\u00dfe", "STRASSE", "\u0130stanbul", "\u212aelvin",
    "\u4e2d\u6587", "\u6211\u4eec", "\u5317\u4eac", "\u3002", "\uff0c", "\u6771\u4eac", "\u306e", "\u30ab\u30ca", "\ud55c\uad6d\uc5b4", "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e44\u0e17\u0e22", "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u0631\u062d\u0628\u0627", "\u202eevil", "\u200b", "\u00a0", "\u3000", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "\U00020000", "\ufb01ne", "\u00bd", "\u2460", "\u2014", "\u0001",
]
LABELS = ["book_flight", "Refund", "stra\u00dfe", "\u9000\u6b3e", "other label", "a", "b", "c"]
WRITTEN = ["book_flight", " Book_Flight ", "refund", "REFUND", "STRASSE", "\u9000\u6b3e", "other  label", "Other\tLabel", "a", "b", "c",
           "zebra", "", "none", "a b", "\u9000", "=a", "<b>"]
TYPES = ["city", "date", "from-city", "\u57ce\u5e02"]
VALUES = ["Boston", "boston", "new  york", "\u5317\u4eac", "5 may", "a:b", "\u00e9", "e\u0301"]
BROKEN = ["none", "None", "", "city", "city:", ": x", "city: a; ", "; city: a", "gibberish <script>"]


class Random:
    def __init__(self, state):
        self.state = state

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % n


def text(random, row):
    count = 300 if row % 1500 == 7 else random.below(12)
    out = ""
    for _ in range(count):
        out += FRAGMENTS[random.below(len(FRAGMENTS))]
        if random.below(4) > 0:
            out += " "
    return out


def answer(random, target, row):
    kind = random.below(4)
    if kind == 0:
        return target
    if kind == 1:
        return text(random, row)
    words = target.split(" ")
    changed = random.below(len(words))
    words[changed] = FRAGMENTS[random.below(len(FRAGMENTS))]
    return " ".join(words)


def generated():
    random = Random(11)
    rows = []
    for row in range(ROWS):
        target = text(random, row)
        prediction = answer(random, target, row)
        other = text(random, row) if random.below(3) == 0 else None
        rows.append((prediction, target, other))
    return rows


def chosen():
    random = Random(12)
    return [(WRITTEN[random.below(len(WRITTEN))], LABELS[random.below(len(LABELS))]) for _ in range(ROWS)]


def slots(random):
    count = random.below(4)
    return "; ".join(TYPES[random.below(len(TYPES))] + ": " + VALUES[random.below(len(VALUES))] for _ in range(count)) or "none"


def tagged():
    random = Random(13)
    rows = []
    for _ in range(ROWS):
        gold = slots(random)
        kind = random.below(4)
        rows.append((gold if kind < 2 else slots(random) if kind == 2 else BROKEN[random.below(len(BROKEN))], gold))
    return rows


SPACES = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}


def collapsed(line):
    spaced = "".join(" " if ord(c) in SPACES else c for c in unicodedata.normalize("NFC", line))
    return " ".join(part for part in spaced.split(" ") if part)


def folded(line):
    return collapsed(line).casefold()


def pairs(line):
    line = folded(line)
    if line == "none":
        return []
    found = []
    for part in line.split(";"):
        kind, colon, value = collapsed(part).partition(":")
        if not colon or not collapsed(kind) or not collapsed(value):
            return []
        found.append((collapsed(kind), collapsed(value)))
    return found


def numbered(found):
    seen, out = {}, set()
    for pair in found:
        seen[pair] = seen.get(pair, 0) + 1
        out.add((pair, seen[pair]))
    return out


def bio(rows):
    gold_tags, answer_tags = [], []
    for prediction, gold in rows:
        left, right = numbered(pairs(gold)), numbered(pairs(prediction))
        places = sorted(left | right)
        gold_tags.append(["B-" + p[0][0] if p in left else "O" for p in places] + ["O"])
        answer_tags.append(["B-" + p[0][0] if p in right else "O" for p in places] + ["O"])
    return gold_tags, answer_tags


class AnyScript:
    def tokenize(self, line):
        tokens, run = [], ""
        for c in line.lower():
            kind = unicodedata.category(c)
            name = unicodedata.name(c, "")
            alone = "CJK" in name.split(" ")[:1] or name.startswith(("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER"))
            letter = kind[0] == "L" or kind == "Nd"
            if letter and not alone or kind[0] == "M" and run:
                run += c
                continue
            if run:
                tokens.append(run)
            run = ""
            if letter:
                tokens.append(c)
        return tokens + ([run] if run else [])


def references(rows):
    out = {}
    metrics = {"bleu_13a": BLEU(tokenize="13a"), "bleu_zh": BLEU(tokenize="zh"), "bleu_char": BLEU(tokenize="char"),
               "bleu_none": BLEU(tokenize="none"), "chrf": CHRF()}
    for name, metric in metrics.items():
        def score(part):
            return metric.corpus_score([r[0] for r in part], [[r[1] for r in part], [r[2] for r in part]]).score / 100
        out[name] = [score(rows[i:i + BLOCK]) for i in range(0, len(rows), BLOCK)] + [score(rows)]
    for name, tokenizer in {"rouge_score": None, "rouge_unicode": AnyScript()}.items():
        scorer = rouge_scorer.RougeScorer(["rougeL"], tokenizer=tokenizer)
        each = [scorer.score_multi([r[1]] + ([r[2]] if r[2] is not None else []), r[0])["rougeL"].fmeasure for r in rows]
        out[name] = [float(numpy.mean(each[i:i + BLOCK])) for i in range(0, len(rows), BLOCK)] + [float(numpy.mean(each))]
    return out


def labels(rows):
    gold = [folded(g) for _, g in rows]
    answers = [folded(p) for p, _ in rows]
    known = [folded(label) for label in LABELS]
    valid = [a if a in known else "(invalid)" for a in answers]
    return {
        "accuracy": sklearn.metrics.accuracy_score(gold, answers),
        "macro_f1": sklearn.metrics.f1_score(gold, valid, average="macro", labels=sorted(set(gold)), zero_division=0),
        "micro_f1": sklearn.metrics.f1_score(gold, valid, average="micro", labels=known, zero_division=0),
        "confusion": sklearn.metrics.confusion_matrix(gold, valid, labels=known + ["(invalid)"])[:-1].tolist(),
    }


def scipys():
    random = Random(14)
    t = [[p, df, float(scipy.stats.t.ppf(p, df))] for p in (0.6, 0.9, 0.95, 0.975, 0.999) for df in (1, 1.5, 2, 2.37, 4, 10, 63.2, 5000)]
    below = [[x, df, float(scipy.stats.t.cdf(x, df))] for x in (-7.5, -2, -0.1, 0, 0.7, 3, 12) for df in (1, 2.37, 30, 900.5)]
    normal = [[p, float(scipy.stats.norm.ppf(p))] for p in (0.01, 0.2, 0.5, 0.8, 0.95, 0.99999)]
    coins = [[b, c, float(scipy.stats.binomtest(b, b + c, 0.5).pvalue)] for b, c in
             ((0, 1), (1, 0), (3, 9), (7, 7), (10, 25), (40, 61), (0, 30), (150, 180), (900, 1001))]
    swaps = []
    for n in (3, 6, 9, 12):
        d = [random.below(21) / 10 - 1 for _ in range(n)]
        exact = scipy.stats.permutation_test((numpy.array(d), numpy.zeros(n)), lambda a, b, axis: numpy.mean(a - b, axis=axis),
                                             permutation_type="samples", n_resamples=numpy.inf, vectorized=True)
        swaps.append([d, float(exact.pvalue)])
    scores = [random.below(1001) / 1000 for _ in range(60)]
    other = [random.below(1001) / 1000 for _ in range(60)]
    d = numpy.array(other) - numpy.array(scores)
    boot = scipy.stats.bootstrap((d,), numpy.mean, n_resamples=400000, confidence_level=0.9, method="percentile", batch=10000,
                                 rng=numpy.random.default_rng(5))
    return {"t_ppf": t, "t_cdf": below, "norm_ppf": normal, "binomtest": coins, "permutation_test": swaps,
            "bootstrap": {"single": scores, "multi": other, "low": float(boot.confidence_interval.low),
                          "high": float(boot.confidence_interval.high), "se": float(boot.standard_error)}}


def main():
    warnings.simplefilter("ignore")
    texts, choices, entities = generated(), chosen(), tagged()
    gold_tags, answer_tags = bio(entities)
    json.dump({"rows": ROWS, "block": BLOCK, "fragments": FRAGMENTS, "labels": LABELS, "written": WRITTEN, "types": TYPES, "values": VALUES,
               "broken": BROKEN, "texts": references(texts), "choices": labels(choices),
               "entities": {"f1": float(f1_score(gold_tags, answer_tags))}, "scipy": scipys()}, sys.stdout, indent=None)


if __name__ == "__main__":
    main()
