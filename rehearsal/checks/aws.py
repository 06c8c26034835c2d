"""One call of AWS: aws.py SERVICE OPERATION, with its parameters as JSON on standard input."""

import json
import sys

import boto3

service, operation = sys.argv[1:]
answer = getattr(boto3.client(service), operation)(**json.load(sys.stdin))
print(json.dumps(answer, default=str))
