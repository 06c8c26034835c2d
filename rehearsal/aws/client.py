"""Calls of AWS, one after the other: each line of standard input is {"service", "operation", "parameters"}, each of standard output {"answer"} or {"error"}.

What AWS lists in pages comes whole.
"""

import json
import sys

import boto3

clients = {}


def answer(service, operation, parameters):
    client = clients[service] = clients.get(service) or boto3.client(service)
    if client.can_paginate(operation):
        return client.get_paginator(operation).paginate(**parameters).build_full_result()
    return getattr(client, operation)(**parameters)


for line in sys.stdin:
    try:
        said = {"answer": answer(**json.loads(line))}
    except Exception as error:
        said = {"error": str(error)}
    print(json.dumps(said, default=str), flush=True)
