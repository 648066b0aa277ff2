"""Makes the fixture files with NumPy, Python's zipfile and gzip, and the reference safetensors.

Run in this folder: python3 make.py. Every value is exact in its type, so that the tests can compare exactly.
"""

import gzip
import zipfile

import numpy as np
from safetensors.numpy import save_file

# safetensors: mixed types, a scalar, an empty tensor, metadata, a name that needs escapes.
save_file(
    {
        "stem.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 4,
        "norm.num_batches_tracked": np.array(7, dtype=np.int64),
        "double": np.array([0.1, -1e300], dtype=np.float64),
        "half": np.array([1.5, -2.0, 65504.0], dtype=np.float16),
        "bytes": np.array([[0, 127, 255]], dtype=np.uint8),
        "mask": np.array([True, False, True]),
        "none": np.zeros((0, 3), dtype=np.float32),
        'quo"te\\é\n': np.array([3], dtype=np.int32),
    },
    "mixed.safetensors",
    metadata={"format": "np", "epoch": "3"},
)

# NPY as np.save writes it, row-major.
matrix = np.arange(6).reshape(2, 3)
for name in ["float32", "float64", "int64", "int32", "uint8", "bool"]:
    np.save(f"{name}.npy", (matrix % 2 == 1) if name == "bool" else matrix.astype(name) + 1)
np.save("scalar.npy", np.float32(2.5))
np.save("vector.npy", np.arange(5, dtype=np.float32))
np.save("empty.npy", np.zeros((0, 4), dtype=np.float32))

# What other programs may write: column-major, big-endian, header version 2, and types to refuse.
np.save("fortran.npy", np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)))
np.save("bigendian.npy", matrix.astype(">f4"))
with open("version2.npy", "wb") as file:
    np.lib.format.write_array(file, matrix.astype(np.float32), version=(2, 0))
np.save("complex.npy", np.zeros(2, dtype=np.complex64))
np.save("structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))

# NPZ stored (np.savez), deflated (np.savez_compressed), and with 64-bit records everywhere.
x = np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4)
y = np.array([3, 1], dtype=np.int64)
np.savez("stored.npz", x=x, y=y)
np.savez_compressed("deflated.npz", x=x, y=y)
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 10, 1
np.savez("zip64.npz", x=x, y=y)

# gzip of 1000 known bytes, and of two members.
content = bytes(i * i % 251 for i in range(1000))
with open("squares.gz", "wb") as file:
    file.write(gzip.compress(content, mtime=0))
with open("members.gz", "wb") as file:
    file.write(gzip.compress(content[:400], mtime=0) + gzip.compress(content[400:], mtime=0))
