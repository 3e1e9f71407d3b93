"""OpenStack Swift with its S3 API, all of its servers in this process and its files in one folder: an S3 server that is nobody's kin.

Usage: swift_server.py PORT FOLDER ACCESS_KEY SECRET_KEY
"""
import os
import sys

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)

from swift.account.server import AccountController  # noqa: E402
from swift.common import utils, wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

PROXY = """
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck listing_formats s3api tempauth copy slo dlo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_{key} = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


def main(port, folder, key, secret):
    utils.HASH_PATH_SUFFIX = b"of a test"
    os.makedirs(os.path.join(folder, "devices", "disk"))
    conf = {"swift_dir": folder, "devices": os.path.join(folder, "devices"), "mount_check": "false", "log_level": "ERROR"}
    for name, controller in (("account", AccountController), ("container", ContainerController), ("object", ObjectController)):
        listener = eventlet.listen(("127.0.0.1", 0))
        ring = RingBuilder(1, 1, 1)
        ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "port": listener.getsockname()[1], "device": "disk"})
        ring.rebalance()
        ring.get_ring().save(os.path.join(folder, name + ".ring.gz"))
        eventlet.spawn(serve, listener, controller(conf))

    proxy = os.path.join(folder, "proxy.conf")
    with open(proxy, "w", encoding="utf-8") as file:
        file.write(PROXY.format(folder=folder, key=key, secret=secret))
    serve(eventlet.listen(("127.0.0.1", int(port))), with_cache(wsgi.loadapp(proxy)))


class Cache:
    """What Swift asks of memcached, kept in memory: there is one process, and it lives for a test."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def delete(self, key, **_):
        self.values.pop(key, None)


def with_cache(application):
    cache = Cache()

    def call(environment, start_response):
        environment["swift.cache"] = cache
        return application(environment, start_response)

    return call


def serve(listener, application):
    eventlet.wsgi.server(listener, application, utils.NullLogger(), protocol=wsgi.SwiftHttpProtocol, debug=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
