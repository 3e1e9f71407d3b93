"""The PyTorch image's conventions: tensors in, the model called without gradients, tensors out."""

import os

import torch

from . import formats
from .defaults import Defaults, LoadError

MODEL_FILE = "model.pt"

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class PyTorchDefaults(Defaults):
    needs_script = False

    def model_fn(self, model_dir):
        """Loads TorchScript: ``model.pt``, or the only file that ends in .pt or .pth."""
        path = os.path.join(model_dir, MODEL_FILE)
        if not os.path.exists(path):
            files = sorted(name for name in os.listdir(model_dir) if os.path.splitext(name)[1] in (".pt", ".pth"))
            if len(files) != 1:
                raise LoadError(
                    "without a model_fn, exactly one .pt or .pth file in TorchScript is needed; the model has %s" % (", ".join(files) or "none")
                )
            path = os.path.join(model_dir, files[0])
        try:
            return torch.jit.load(path, map_location=DEVICE)
        except RuntimeError as error:
            raise LoadError(
                "%s is not TorchScript (torch.jit.save); of weights alone a model_fn(model_dir) in the script makes a model"
                % os.path.basename(path)
            ) from error

    def input_fn(self, body, content_type):
        array = formats.decode(body, content_type)
        if formats.media_type(content_type) in formats.UTF8_TYPES:
            array = array.astype("float32")
        return torch.from_numpy(array).to(DEVICE)

    def predict_fn(self, data, model):
        with torch.no_grad():
            model = model.to(DEVICE)
            model.eval()
            return model(data.to(DEVICE))

    def encode(self, prediction, kind):
        if isinstance(prediction, torch.Tensor):
            prediction = prediction.detach().cpu().numpy().tolist()
        return super().encode(prediction, kind)
