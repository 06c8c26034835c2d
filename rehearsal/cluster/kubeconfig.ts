/**
 * A kubeconfig with one cluster and one user.
 *
 * @param authority the certificate of the server's authority, as PEM
 */
export function kubeconfig(server: string, authority?: string, token?: string): string {
  // JSON is YAML, too.
  return JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{
      name: 'rehearsal',
      cluster: { server, ...authority && { 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    }],
    'users': [{ name: 'rehearsal', user: token ? { token } : {} }],
    'contexts': [{ name: 'rehearsal', context: { cluster: 'rehearsal', user: 'rehearsal' } }],
    'current-context': 'rehearsal',
  }, undefined, 2);
}
