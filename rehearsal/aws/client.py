"""Calls of AWS, one after the other: each line of standard input is {"service", "operation", "parameters"}, each of standard output {"answer"} or {"error"}."""

import json
import sys

import boto3

clients = {}
for line in sys.stdin:
    call = json.loads(line)
    service = call["service"]
    try:
        client = clients[service] = clients.get(service) or boto3.client(service)
        said = {"answer": getattr(client, call["operation"])(**call["parameters"])}
    except Exception as error:
        said = {"error": str(error)}
    print(json.dumps(said, default=str), flush=True)
