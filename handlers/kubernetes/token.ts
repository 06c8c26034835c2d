import { createHash, createHmac } from 'crypto';
import { domainOf } from '../shared/address';

/** Who asks, from where. */
export interface Caller {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** An endpoint of STS, if it is not the region's own. */
  readonly endpoint?: string;
}

/** In seconds: how soon EKS must first see the address. It accepts the token for 15 minutes. */
const EXPIRES = 60;

const NO_BODY = sha256('');

/** Who calls, from the variables that Lambda gives its functions. */
export function callerFrom(env: NodeJS.ProcessEnv): Caller {
  return {
    region: env.AWS_REGION!,
    accessKeyId: env.AWS_ACCESS_KEY_ID!,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
    endpoint: env.AWS_ENDPOINT_URL_STS || undefined,
  };
}

/**
 * A token with which an IAM role proves itself to an EKS cluster: a signed request to STS that asks who the signer is. EKS sends it.
 *
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function tokenFor(clusterName: string, caller: Caller, now: number): string {
  return `k8s-aws-v1.${Buffer.from(presigned(clusterName, caller, now)).toString('base64url')}`;
}

/** The address of that request. STS answers only if the cluster's name is sent with it. */
export function presigned(clusterName: string, caller: Caller, now: number): string {
  const { region, accessKeyId, secretAccessKey, sessionToken } = caller;
  const { origin, host } = new URL(caller.endpoint ?? `https://sts.${region}.${domainOf(region)}`);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 'sts', 'aws4_request'];
  const query = Object.entries({
    'Action': 'GetCallerIdentity',
    'Version': '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': [accessKeyId, ...scope].join('/'),
    'X-Amz-Date': time,
    'X-Amz-Expires': `${EXPIRES}`,
    // The names are in their order, as the signature needs it.
    ...sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken },
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  }).map(([name, value]) => `${name}=${encoded(value)}`).join('&');
  const request = ['GET', '/', query, `host:${host}`, `x-k8s-aws-id:${clusterName}`, '', 'host;x-k8s-aws-id', NO_BODY].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => createHmac('sha256', secret).update(part).digest(), `AWS4${secretAccessKey}`);
  return `${origin}/?${query}&X-Amz-Signature=${createHmac('sha256', key).update(toSign).digest('hex')}`;
}

/** AWS encodes more characters than JavaScript does. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, it => `%${it.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
