"""Packages a model asks for in requirements.txt: what is not there yet is installed beside the worker."""

import importlib.metadata
import os
import re
import shlex
import subprocess
import sys

from .defaults import LoadError

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^]]*\])?\s*([^;#@]*)")


def _contains(specifiers, version):
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        try:
            from pip._vendor.packaging.specifiers import SpecifierSet
        except ImportError:
            return True  # Without pip there is nothing better to be had than what is installed.
    return SpecifierSet(specifiers).contains(version, prereleases=True)


def _satisfied(line):
    match = _REQUIREMENT.match(line)
    if match is None:
        return False
    try:
        version = importlib.metadata.version(match.group(1))
    except importlib.metadata.PackageNotFoundError:
        return False
    return _contains(match.group(3).strip(), version)


def install(code_dir, target):
    """Makes the packages of ``code_dir/requirements.txt`` importable, or says which could not be had."""
    path = os.path.join(code_dir, "requirements.txt")
    if not os.path.isfile(path):
        return
    sys.path.append(target)
    with open(path, encoding="utf-8") as file:
        lines = [re.sub(r"(^|\s)#.*", "", line).strip() for line in file]
    options = [word for line in lines if line.startswith("-") for word in shlex.split(line)]
    wanted = [line for line in lines if line and not line.startswith("-")]
    missing = [line for line in wanted if not _satisfied(line)]
    if not missing and not any(option in ("-r", "-e", "--requirement", "--editable") for option in options):
        return
    print("Installing from requirements.txt: %s" % ", ".join(missing or options), flush=True)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1",
               "--timeout", "15", "--target", target, *options, *missing]
    run = subprocess.run(command, cwd=code_dir, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(run.stdout, flush=True)
    if run.returncode != 0:
        errors = [line for line in run.stdout.splitlines() if line.startswith("ERROR:") or "No module named" in line]
        raise LoadError(
            "requirements.txt asks for %s, which could not be installed: %s"
            % (", ".join(missing or options), errors[-1] if errors else "pip ended with code %d" % run.returncode)
        )
