/**
 * A token as EKS puts it into a pod, but for `aud`, which is a list there: the emulator compares texts. It does not check the signature.
 *
 * @param issuer of the cluster, an URL
 */
export function webIdentityToken(issuer: string, namespace: string, serviceAccount: string): string {
  const part = (value: any) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return [
    part({ alg: 'RS256', typ: 'JWT' }),
    part({ iss: issuer, aud: 'sts.amazonaws.com', sub: `system:serviceaccount:${namespace}:${serviceAccount}`, iat: now, exp: now + 6 * 3600 }),
    Buffer.from('unsigned').toString('base64url'),
  ].join('.');
}

/**
 * The environment of a program that takes a role by such a token, as EKS's pod identity webhook sets it.
 *
 * @param env the environment of an administrator
 */
export function withRole(env: NodeJS.ProcessEnv, role: string, tokenFile: string): NodeJS.ProcessEnv {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...others } = env;
  // Go's SDK asks for credentials before it reads the variable for all services.
  return { ...others, AWS_ENDPOINT_URL_STS: env.AWS_ENDPOINT_URL, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile };
}
