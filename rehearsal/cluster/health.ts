import { get as httpGet } from 'http';
import { get as httpsGet } from 'https';

/**
 * Whether a server answers with 200.
 *
 * @param authority the certificate of the server's authority, where it speaks HTTPS
 * @throws when it does not answer
 */
export function answers(url: string, authority?: string, token?: string): Promise<boolean> {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  return new Promise((resolve, reject) => {
    const request = authority ? httpsGet(url, { ca: authority, headers, agent: false }) : httpGet(url, { headers, agent: false });
    request.setTimeout(2000, () => request.destroy(new Error('no answer within 2 s')));
    request.on('error', reject);
    request.on('response', response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
  });
}
