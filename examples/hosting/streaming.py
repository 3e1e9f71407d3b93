#!/usr/bin/env python3
"""A handler that yields its answer part by part, and a client that reads the parts as they are made."""

import time

from trained import SCIKIT_LEARN, deploy, role, runtime, sagemaker, unique, upload_script, variant

SCRIPT = '''
import time


def model_fn(model_dir):
    return "It learns as long as you let it .".split()


def transform_fn(model, body, content_type, accept):
    def words():
        for word in model:
            time.sleep(0.1)
            yield word + " "

    return words(), "text/plain"
'''

name = unique("streaming")
container = {"Image": SCIKIT_LEARN, "ModelDataUrl": upload_script(name, SCRIPT)}
sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container)
deploy(name, variant("AllTraffic", name))

began = time.monotonic()
answer = runtime.invoke_endpoint_with_response_stream(EndpointName=name, ContentType="text/plain", Body="go on")
for event in answer["Body"]:
    print(f"{time.monotonic() - began:.1f} s  {event['PayloadPart']['Bytes'].decode()}", flush=True)
sagemaker.delete_endpoint(EndpointName=name)
