"""What SageMaker calls: `docker run IMAGE train` and `docker run IMAGE serve`."""

import json
import os
import pathlib
import runpy
import sys

CODE = pathlib.Path("/opt/ml/code")
HYPERPARAMETERS = pathlib.Path("/opt/ml/input/config/hyperparameters.json")


def train():
    """Runs the script with the hyperparameters as arguments, and writes down why it failed if it does."""
    hyperparameters = json.loads(HYPERPARAMETERS.read_text()) if HYPERPARAMETERS.exists() else {}
    program = CODE / os.environ["SAGEMAKER_PROGRAM"]
    sys.argv = [str(program)]
    for name, value in sorted(hyperparameters.items()):
        sys.argv += [f"--{name}", str(value)]
    try:
        runpy.run_path(str(program), run_name="__main__")
    except Exception as error:
        failure = pathlib.Path("/opt/ml/output/failure")
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(f"{type(error).__name__}: {error}")
        raise


if sys.argv[1:] == ["serve"]:
    runpy.run_path(str(CODE / "serve.py"), run_name="__main__")
elif sys.argv[1:] == ["train"]:
    train()
else:
    sys.exit(f"this image knows the commands train and serve, not {sys.argv[1:]}")
