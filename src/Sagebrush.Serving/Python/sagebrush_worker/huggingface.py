"""The Hugging Face image's conventions: a pipeline of Transformers, ``{"inputs": …, "parameters": …}`` in, JSON out."""

import csv
import io
import json
import os

from . import formats
from .defaults import Defaults, LoadError

# The end of an architecture's name in config.json says what the model is for.
_TASKS = {
    "TapasForQuestionAnswering": "table-question-answering",
    "ForQuestionAnswering": "question-answering",
    "ForTokenClassification": "token-classification",
    "ForSequenceClassification": "text-classification",
    "ForMultipleChoice": "multiple-choice",
    "ForMaskedLM": "fill-mask",
    "ForCausalLM": "text-generation",
    "ForConditionalGeneration": "text2text-generation",
    "MTModel": "text2text-generation",
    "EncoderDecoderModel": "text2text-generation",
    "GPT2LMHeadModel": "text-generation",
    "T5WithLMHeadModel": "text2text-generation",
}

# Tasks whose models read pictures or sounds: they come with a feature extractor in place of a tokenizer.
_SENSES = {
    "automatic-speech-recognition",
    "image-segmentation",
    "image-classification",
    "audio-classification",
    "object-detection",
    "zero-shot-image-classification",
}

_IMAGES = {"image/" + kind for kind in ("jpeg", "png", "tiff", "bmp", "gif", "webp", "x-image")}
_SOUNDS = {"audio/" + kind for kind in ("x-flac", "mpeg", "wave", "ogg", "x-audio")}


def task_of(model_dir):
    """What the model is for: HF_TASK, or what its architecture tells."""
    if "HF_TASK" in os.environ:
        return os.environ["HF_TASK"]
    path = os.path.join(model_dir, "config.json")
    if not os.path.exists(path):
        raise LoadError("the model has no config.json that tells its task; name it in the environment variable HF_TASK, or define model_fn")
    with open(path, encoding="utf-8") as file:
        names = json.load(file).get("architectures") or [""]
    for ending, task in _TASKS.items():
        if names[0].endswith(ending):
            return task
    raise LoadError("no task is known for the architecture %r of config.json; name it in the environment variable HF_TASK" % names[0])


def _rows(text):
    lines = text.splitlines()
    if not lines or not any(name in lines[0].lower() for name in ("question", "context", "inputs")):
        raise formats.MalformedInputError("CSV needs a header line with the column inputs, or with question and context")
    rows = list(csv.DictReader(io.StringIO(text)))
    return [row["inputs"] for row in rows] if rows and "inputs" in rows[0] else rows


def _plain(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return str(value)
    if hasattr(value, "save"):  # a picture
        import base64

        stream = io.BytesIO()
        value.save(stream, format="PNG")
        return base64.b64encode(stream.getvalue()).decode("ascii")
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


class HuggingFaceDefaults(Defaults):
    needs_script = False

    def model_fn(self, model_dir):
        try:
            import torch
            from transformers import pipeline
        except ImportError as error:
            raise LoadError(
                "a pipeline needs the packages transformers and torch; add them to the code's requirements.txt, or define model_fn"
            ) from error
        # A model of the hub is fetched by the library, where there is a way to it.
        source = os.environ.get("HF_MODEL_ID") or model_dir
        task = os.environ.get("HF_TASK") if "HF_MODEL_ID" in os.environ else task_of(model_dir)
        reader = "feature_extractor" if task in _SENSES else "tokenizer"
        return pipeline(task=task, model=source, device=0 if torch.cuda.is_available() else -1, **{reader: source})

    def input_fn(self, body, content_type):
        kind = formats.media_type(content_type)
        if kind == formats.JSON:
            try:
                return json.loads(body)
            except ValueError as error:
                raise formats.MalformedInputError("the body is not JSON: %s" % error) from None
        if kind == formats.CSV:
            if os.environ.get("HF_TASK") in ("zero-shot-classification", "table-question-answering"):
                raise formats.MalformedInputError("the task %s cannot be asked in CSV; send JSON" % os.environ["HF_TASK"])
            return {"inputs": _rows(body)}
        if kind in _IMAGES:
            from PIL import Image

            return {"inputs": Image.open(io.BytesIO(body)).convert("RGB")}
        if kind in _SOUNDS:
            return {"inputs": bytes(body)}
        return formats.decode(body, content_type)

    def predict_fn(self, data, model):
        if not isinstance(data, dict):
            return model(data)
        parameters = data.pop("parameters", None) or {}
        return model(data.pop("inputs", data), **parameters)

    def encode(self, prediction, kind):
        if kind == formats.JSON:
            return json.dumps(prediction, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
        if kind == formats.CSV:
            rows = prediction if isinstance(prediction, list) else [prediction]
            if rows and all(isinstance(row, dict) for row in rows):
                stream = io.StringIO()
                writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
                return stream.getvalue()
        return super().encode(prediction, kind)
