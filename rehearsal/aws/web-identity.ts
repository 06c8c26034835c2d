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
