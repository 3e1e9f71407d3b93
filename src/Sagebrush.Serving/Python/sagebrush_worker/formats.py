"""The content types a model answers without handlers of its own: CSV, JSON and NumPy arrays."""

import csv
import io
import json

CSV = "text/csv"
JSON = "application/json"
NPY = "application/x-npy"
LIBSVM = "text/libsvm"
X_LIBSVM = "text/x-libsvm"
ANY = "*/*"
UTF8_TYPES = (JSON, CSV)


class UnsupportedFormatError(Exception):
    """The request's content type cannot be read, or none of the accepted types can be written."""

    def __init__(self, content_type):
        super().__init__(
            "Content type %s is not supported by this framework. Please implement input_fn to deserialize the "
            "request data or an output_fn to serialize the response." % content_type
        )


class MalformedInputError(ValueError):
    """The request's body is not what its content type says."""


def is_iterator(value):
    """Whether a handler makes its answer part by part."""
    return hasattr(value, "__next__")


def media_type(content_type):
    """Returns the type without parameters, in lower case: ``text/csv; charset=utf-8`` is ``text/csv``."""
    return (content_type or "").split(";", 1)[0].strip().lower()


def _text(body):
    if isinstance(body, str):
        return body
    try:
        return bytes(body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInputError("the body is not UTF-8: %s" % error) from None


def _rows(body, number):
    width = None
    for line, row in enumerate(csv.reader(io.StringIO(_text(body)), strict=True), start=1):
        if not row:
            continue
        if width is None:
            width = len(row)
        elif len(row) != width:
            raise MalformedInputError("row %d has %d columns, the first has %d" % (line, len(row), width))
        yield [number(cell, line, column) for column, cell in enumerate(row, start=1)]


def _number(cell, line, column):
    try:
        return float(cell) if cell.strip() else float("nan")
    except ValueError:
        raise MalformedInputError("row %d, column %d: %r is not a number" % (line, column, cell)) from None


def csv_to_numpy(body, dtype=None):
    """Reads rows of numbers, or with ``dtype=str`` of text, into a table; an empty cell is NaN."""
    import numpy as np

    as_text = dtype is not None and np.dtype(dtype).kind in "OSU"
    try:
        rows = list(_rows(body, (lambda cell, line, column: cell) if as_text else _number))
    except csv.Error as error:
        raise MalformedInputError("the body is not CSV: %s" % error) from None
    if not rows:
        raise MalformedInputError("the body has no rows")
    return np.array(rows, dtype=dtype)


def json_to_numpy(body, dtype=None):
    import numpy as np

    try:
        return np.array(json.loads(_text(body)), dtype=dtype)
    except ValueError as error:
        raise MalformedInputError("the body is not a JSON array of one shape: %s" % error) from None


def npy_to_numpy(body):
    import numpy as np

    try:
        # Requests come from outside: an array of pickled objects would run their code.
        return np.load(io.BytesIO(bytes(body)), allow_pickle=False)
    except ValueError as error:
        raise MalformedInputError("the body is not an array of numbers in NPY format: %s" % error) from None


def array_to_csv(array_like):
    import numpy as np

    array = np.array(array_like)
    if array.ndim < 2:
        array = array.reshape(-1, 1)
    stream = io.StringIO()
    # str, not repr: a float32 keeps its own shortest form, in every version of NumPy.
    csv.writer(stream, lineterminator="\n").writerows([str(cell) for cell in row] for row in array)
    return stream.getvalue()


def array_to_json(array_like):
    def plain(value):
        if hasattr(value, "tolist"):
            return value.tolist()
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    return json.dumps(array_like, default=plain)


def array_to_npy(array_like):
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, array_like)
    return buffer.getvalue()


_DECODERS = {CSV: csv_to_numpy, JSON: json_to_numpy, NPY: npy_to_numpy}
_ENCODERS = {CSV: array_to_csv, JSON: array_to_json, NPY: array_to_npy}


def decode(body, content_type):
    """Reads a body of one of the default content types into an array."""
    decoder = _DECODERS.get(media_type(content_type))
    if decoder is None:
        raise UnsupportedFormatError(content_type)
    return decoder(body)


def encode(array_like, content_type):
    """Writes an array-like object as one of the default content types."""
    encoder = _ENCODERS.get(media_type(content_type))
    if encoder is None:
        raise UnsupportedFormatError(content_type)
    return encoder(array_like)


def negotiate(accept):
    """Returns the first type of an Accept header that can be written."""
    for item in (accept or "").split(","):
        kind = media_type(item)
        if kind in _ENCODERS:
            return kind
        if kind in (ANY, "application/*"):
            return JSON
        if kind == "text/*":
            return CSV
    raise UnsupportedFormatError(accept)


def libsvm_to_dmatrix(body):
    """Reads ``[label] index:value …`` lines; indices that start at one are shifted, as the XGBoost container does."""
    import numpy as np
    import xgboost

    rows = []
    for line, text in enumerate(_text(body).strip().splitlines(), start=1):
        try:
            pairs = (token.split(":", 1) for token in text.split() if ":" in token)
            rows.append({int(index): float(value) for index, value in pairs})
        except ValueError as error:
            raise MalformedInputError("row %d is not libsvm: %s" % (line, error)) from None
    indices = [index for row in rows for index in row]
    if not indices:
        raise MalformedInputError("the body has no features")
    offset = 1 if min(indices) >= 1 else 0
    width = max(indices) - offset + 1
    if min(indices) < 0 or width * len(rows) > 1 << 26:
        raise MalformedInputError("feature indices must lie between 0 and a table of 2^26 cells")
    table = np.zeros((len(rows), width))
    for number, row in enumerate(rows):
        for index, value in row.items():
            table[number, index - offset] = value
    return xgboost.DMatrix(table)


def decode_dmatrix(body, content_type):
    """Reads a body as the XGBoost container's script mode does: into a DMatrix."""
    import xgboost

    kind = media_type(content_type)
    if kind == CSV:
        return xgboost.DMatrix(csv_to_numpy(body, dtype="float32"))
    if kind in (LIBSVM, X_LIBSVM):
        return libsvm_to_dmatrix(body)
    raise UnsupportedFormatError(content_type)
