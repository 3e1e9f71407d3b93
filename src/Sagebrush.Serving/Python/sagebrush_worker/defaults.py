"""What a model does where its script defines no function of its own: the conventions of each framework's image."""

import sys

from . import formats


class LoadError(Exception):
    """The model cannot be served; the message says where it failed, the cause says why."""


class Defaults:
    """The scikit-learn image's: NumPy arrays in, ``model.predict``, arrays out as JSON, CSV or NPY."""

    #: Whether a model is nothing without a script; other frameworks can load some models by themselves.
    needs_script = True

    def model_fn(self, model_dir):
        raise NotImplementedError

    def input_fn(self, body, content_type):
        array = formats.decode(body, content_type)
        if array.ndim < 2:
            array = array.reshape(1, -1)
        return array.astype("float32") if formats.media_type(content_type) in formats.UTF8_TYPES else array

    def predict_fn(self, data, model):
        return model.predict(data)

    def output_fn(self, prediction, accept):
        kind = formats.negotiate(accept)
        return (prediction if formats.is_iterator(prediction) else self.encode(prediction, kind)), kind

    def encode(self, prediction, kind):
        """Writes a whole prediction as one of the types that can be written."""
        return formats.encode(prediction, kind)


class XGBoostDefaults(Defaults):
    """The XGBoost image's in script mode: DMatrix in, ``Booster.predict``."""

    def input_fn(self, body, content_type):
        return formats.decode_dmatrix(body, content_type)

    def predict_fn(self, data, model):
        return model.predict(data, validate_features=False)


def find(framework):
    """The defaults of a framework; those of a large one are imported with it."""
    if framework == "sklearn":
        return Defaults()
    if framework == "xgboost":
        return XGBoostDefaults()
    try:
        if framework == "pytorch":
            from .pytorch import PyTorchDefaults

            return PyTorchDefaults()
        from .huggingface import HuggingFaceDefaults

        return HuggingFaceDefaults()
    except ImportError as error:
        raise LoadError(
            "%s does not have what the image %s brings along; install it there, in the code's requirements.txt, or start the server "
            "with --python pytorch=PATH, a Python that has it" % (sys.executable, framework)
        ) from error
