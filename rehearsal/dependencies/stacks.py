"""Creates or deletes a CloudFormation stack and waits for it. Runs on botocore, with the credentials of the environment.

    stacks.py create NAME TEMPLATE BUCKET   by way of a bucket; where it fails, the stack is deleted again
    stacks.py delete NAME

Prints the status in which the stack ends.
"""
import sys
import time

import botocore.session
from botocore.config import Config

SESSION = botocore.session.get_session()
CLIENT = SESSION.create_client("cloudformation")


def ended(stack):
    while True:
        found = CLIENT.describe_stacks(StackName=stack)["Stacks"][0]
        status = found["StackStatus"]
        # A stack that could not be created is rolled back first, and deleted then.
        if not status.endswith("_IN_PROGRESS") and status not in ("CREATE_FAILED", "ROLLBACK_COMPLETE"):
            return status
        time.sleep(0.2)


def uploaded(name, template, bucket):
    """As the CDK CLI does it: CloudFormation takes no more than 51,200 bytes by themselves."""
    with open(template, "rb") as file:
        client = SESSION.create_client("s3", config=Config(s3={"addressing_style": "path"}))
        client.put_object(Bucket=bucket, Key=f"{name}.json", Body=file)
    return f"https://s3.{CLIENT.meta.region_name}.amazonaws.com/{bucket}/{name}.json"


def main():
    action, name, *source = sys.argv[1:]
    if action == "create":
        stack = CLIENT.create_stack(
            StackName=name, TemplateURL=uploaded(name, *source), Capabilities=["CAPABILITY_NAMED_IAM"], OnFailure="DELETE")["StackId"]
    else:
        stack = CLIENT.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        CLIENT.delete_stack(StackName=name)
    print(ended(stack))


main()
