"""Packages a model asks for in requirements.txt: what is not there yet is installed beside the worker."""

import importlib.metadata
import os
import re
import subprocess
import sys

from .handlers import LoadError

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^]]*\])?\s*([^;#@]*)")


def _satisfied(line):
    match = _REQUIREMENT.match(line)
    if match is None:
        return False
    try:
        version = importlib.metadata.version(match.group(1))
    except importlib.metadata.PackageNotFoundError:
        return False
    specifiers = match.group(3).strip()
    if not specifiers:
        return True
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return specifiers.replace(" ", "") == "==" + version
    return SpecifierSet(specifiers).contains(version, prereleases=True)


def install(code_dir, target):
    """Makes the packages of ``code_dir/requirements.txt`` importable, or says which could not be had."""
    path = os.path.join(code_dir, "requirements.txt")
    if not os.path.isfile(path):
        return
    sys.path.append(target)
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.lstrip().startswith("#")]
    missing = [line for line in lines if not _satisfied(line)]
    if not missing:
        return
    print("Installing from requirements.txt: %s" % ", ".join(missing), flush=True)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1",
               "--timeout", "15", "--target", target, "-r", path]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(run.stdout, flush=True)
    if run.returncode != 0:
        errors = [line for line in run.stdout.splitlines() if line.startswith("ERROR:") or "No module named" in line]
        raise LoadError(
            "requirements.txt asks for %s, which could not be installed: %s"
            % (", ".join(missing), errors[-1] if errors else "pip ended with code %d" % run.returncode)
        )
