#!/usr/bin/env python3
"""Our scores of real predictions beside scikit-learn's, seqeval's, sacrebleu's and rouge-score's.

    pip install scikit-learn seqeval sacrebleu rouge-score scipy
    python3 tests/references/real_predictions.py build/ci/bin/taskfold-cli ../shared/data/dev

Every test row of every task there is answered by a real, if simple, model: what the nearest training row says (cosine of TF-IDF of
character n-grams). The answers go through `taskfold-cli predictions`, once for each metric a task can be scored by, and the score
that it says is laid beside the reference's of the same rows. Ends with 1 where one differs by more than 1e-6.
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy
import sklearn.metrics
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF
from seqeval.metrics import f1_score
from sklearn.feature_extraction.text import TfidfVectorizer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
from metrics import AnyScript, bio, collapsed, folded  # noqa: E402

TOLERANCE = 1e-6
CLASSIFICATION = ["accuracy", "macro_f1", "micro_f1"]
METRICS = {"classification": CLASSIFICATION, "pair-classification": CLASSIFICATION, "extraction": ["slot_f1", "exact_match"],
           "generation": ["exact_match", "rouge_l", "bleu", "chrf"]}


def cli(program, *words):
    done = subprocess.run([program, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def nearest(train, test):
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=60000, sublinear_tf=True)
    known = vectors.fit_transform([row["input"] for row in train])
    answers = []
    for start in range(0, len(test), 256):
        found = vectors.transform([row["input"] for row in test[start:start + 256]]) @ known.T
        answers += [train[int(best)]["target"] for best in numpy.asarray(found.argmax(axis=1)).ravel()]
    return answers


def references(metric, labels, answers, rows):
    gold = [row["target"] for row in rows]
    several = [[row["target"]] + [other for other in row["references"] if other != row["target"]] for row in rows]
    if metric in CLASSIFICATION:
        known = sorted({folded(label) for label in labels})
        right, said = [folded(one) for one in gold], [folded(one) for one in answers]
        valid = [one if one in known else "(invalid)" for one in said]
        if metric == "accuracy":
            return sklearn.metrics.accuracy_score(right, said)
        if metric == "macro_f1":
            return sklearn.metrics.f1_score(right, valid, average="macro", labels=sorted(set(right)), zero_division=0)
        return sklearn.metrics.f1_score(right, valid, average="micro", labels=known, zero_division=0)
    if metric == "slot_f1":
        return f1_score(*bio(list(zip(answers, gold))))
    if metric == "exact_match":
        return sklearn.metrics.accuracy_score([True] * len(gold),
                                              [collapsed(a) in [collapsed(one) for one in wanted] for a, wanted in zip(answers, several)])
    if metric == "rouge_l":
        scorer = rouge_scorer.RougeScorer(["rougeL"], tokenizer=AnyScript())
        return float(numpy.mean([scorer.score_multi(wanted, a)["rougeL"].fmeasure for a, wanted in zip(answers, several)]))
    most = max(len(wanted) for wanted in several)
    streams = [[wanted[i] if i < len(wanted) else None for wanted in several] for i in range(most)]
    scorer = BLEU(tokenize="13a") if metric == "bleu" else CHRF()
    return scorer.corpus_score(answers, streams).score / 100


def main(program, data):
    warnings.simplefilter("ignore")
    worst, rows_seen = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        project = os.path.join(folder, "project")
        cli(program, "new", project)
        cli(program, "import", project, data)
        for task in cli(program, "tasks", project)["tasks"]:
            name = task["name"]
            train = cli(program, "rows", project, name, "--split", "train", "--limit", "1000000")["rows"]
            rows = cli(program, "rows", project, name, "--split", "test", "--limit", "1000000")["rows"]
            with open(os.path.join(data, name, "test.jsonl"), encoding="utf-8") as source:
                raw = [json.loads(line) for line in source]
            # Of equal inputs with several targets one row is kept, and the other targets become its references.
            same = {}
            for one in raw:
                same.setdefault(collapsed(one["input"]), []).append(one["target"])
            for row in rows:
                own = raw[row["line"] - 1].get("references") or []
                row["references"] = own + (same[collapsed(row["input"])] if task["kind"] == "generation" else [])
            answers = nearest(train, rows)
            file = os.path.join(folder, "answers.jsonl")
            with open(file, "w", encoding="utf-8") as out:
                for row, answer in zip(rows, answers):
                    out.write(json.dumps({"line": row["line"], "prediction": answer}) + "\n")
            rows_seen += len(rows)
            for metric in METRICS[task["kind"]]:
                cli(program, "task", "set", project, name, "metric=" + metric)
                ours = cli(program, "predictions", project, name, file, "--name", metric)
                reference = references(metric, task["labels"] if isinstance(task["labels"], list) else [], answers, rows)
                difference = abs(ours["value"] - reference)
                worst = max(worst, difference)
                print(f"{name:22} {metric:12} n {ours['n']:6}  ours {ours['value']:.9f}  reference {reference:.9f}  "
                      f"{'ok' if difference <= TOLERANCE else 'DIFFERS by %.2e' % difference}", flush=True)
    print(f"{rows_seen} predictions, largest difference {worst:.2e}")
    return 0 if worst <= TOLERANCE and rows_seen >= 10000 else 1


if __name__ == "__main__":
    if len(sys.argv) != 3 or not os.path.isdir(sys.argv[2]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], os.path.abspath(sys.argv[2])))
