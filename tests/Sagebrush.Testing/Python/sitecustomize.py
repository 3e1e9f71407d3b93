"""Lets a boto3 that is older than AWS_ENDPOINT_URL, such as Debian 12's, go where that says, as newer ones do by themselves."""

import importlib.abc
import importlib.util
import os
import sys


def _heed_endpoint(session):
    create = session.Session.create_client

    def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None, *more, **named):
        return create(self, service_name, region_name, api_version, use_ssl, verify, endpoint_url or os.environ.get("AWS_ENDPOINT_URL"), *more, **named)

    session.Session.create_client = create_client


class _Finder(importlib.abc.MetaPathFinder):
    """Adds to botocore.session when somebody imports it: programs without boto3 start as fast as ever."""

    def find_spec(self, name, path, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            import botocore

            if tuple(int(part) for part in botocore.__version__.split(".")[:2]) < (1, 31):
                _heed_endpoint(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Finder())
