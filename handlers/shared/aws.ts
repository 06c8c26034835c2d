/** The AWS APIs that the handler calls. */
export interface Aws {
  /**
   * Calls one operation.
   *
   * @param operation named as in the SDK's clients: `describeLoadBalancers`
   * @param region if it is not the function's own
   */
  call(service: Service, operation: string, input: object, region?: string): Promise<any>;
}

/** The SDK's packages and clients, by the names that we use for them. */
const CLIENTS = {
  cloudformation: ['@aws-sdk/client-cloudformation', 'CloudFormation'],
  ec2: ['@aws-sdk/client-ec2', 'EC2'],
  ecr: ['@aws-sdk/client-ecr', 'ECR'],
  eks: ['@aws-sdk/client-eks', 'EKS'],
  elb: ['@aws-sdk/client-elastic-load-balancing-v2', 'ElasticLoadBalancingV2'],
  lambda: ['@aws-sdk/client-lambda', 'Lambda'],
  logs: ['@aws-sdk/client-cloudwatch-logs', 'CloudWatchLogs'],
  route53: ['@aws-sdk/client-route-53', 'Route53'],
  s3: ['@aws-sdk/client-s3', 'S3'],
} as const;

export type Service = keyof typeof CLIENTS;

/** In milliseconds. A function in a VPC that has no way to an API must not wait for long. */
const CONNECTION_TIMEOUT = 5_000;

/** In milliseconds: for the answer to one request, and for the next part of a long one. A silent API is asked again. */
const REQUEST_TIMEOUT = 20_000;

/** The SDK that comes with Lambda's runtime. Each client is loaded when it is first used, and slows down by itself when AWS throttles it. */
export class Sdk implements Aws {
  private readonly clients: { [service: string]: any } = {};

  constructor(private readonly timeout = REQUEST_TIMEOUT) {}

  public call(service: Service, operation: string, input: object, region?: string): Promise<any> {
    const [module, client] = CLIENTS[service];
    const key = `${service} ${region}`;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the packages exist in Lambda only
    this.clients[key] ??= new (require(module)[client])({
      maxAttempts: 6,
      retryMode: 'adaptive',
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT, requestTimeout: this.timeout, socketTimeout: this.timeout, throwOnRequestTimeout: true,
      },
      ...region && { region },
    });
    return this.clients[key][operation](input);
  }
}

/** All items of a list that comes in pages. `items` is the list's name in an answer; `ask` and `answer` are the names of the next page's token. */
export async function everyPage(
  aws: Aws, service: Service, operation: string, input: object, items: string, [ask, answer]: [string, string],
): Promise<any[]> {
  const found: any[] = [];
  let next: string | undefined;
  do {
    const page: any = await aws.call(service, operation, next === undefined ? input : { ...input, [ask]: next });
    found.push(...page[items] ?? []);
    next = page[answer] || undefined;
  } while (next !== undefined);
  return found;
}

/** Whether an error says that the thing does not exist: each API has its own name for that. */
export function isGone(error: any): boolean {
  return /NotFound|NoSuchHostedZone/.test(error?.name ?? '');
}

/** Whether another try would be refused too: permissions are missing, or the thing is protected. */
export function isRefused(error: any): boolean {
  return /AccessDenied|Unauthorized|NotPermitted|AuthFailure/.test(error?.name ?? '');
}
