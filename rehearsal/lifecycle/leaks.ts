/** How tokens for Kubernetes and keys look. */
const PATTERNS = { 'a token for Kubernetes': /k8s-aws-v1\.[\w-]{20,}/, 'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/ };

/** Shorter values are words that stand anywhere. */
const SHORTEST = 12;

/** Helm's own record of a release is nobody's secret, and what it says is in every log. */
const HELM_RECORD = 'helm.sh/release.v1';

/** What someone may read: by what it is called. */
export type Texts = { readonly [name: string]: string };

/** A secret that a user gave, with characters that every program quotes in another way, around letters that none changes. */
export class PlantedSecret {
  /** What a user gave. */
  public readonly value: string;

  constructor(public readonly name: string, private readonly letters: string) {
    this.value = `it's <${letters}> & "more" \\`;
  }

  /** What must stand nowhere: in whichever way the value is quoted, it has the first, and each base64 of it one of the others. */
  public get forms(): Texts {
    const encoded = Buffer.from(this.value).toString('base64');
    return { [this.name]: this.letters, [`${this.name}, encoded`]: encoded };
  }
}

/** The values in Secrets, as they are and as the API has them, by where they are. */
export function secretsOf(secrets: any[]): Texts {
  return Object.fromEntries(secrets.filter(it => it.type !== HELM_RECORD).flatMap(({ metadata, data = {} }) =>
    Object.entries<string>(data).flatMap(([key, encoded]) => {
      const name = `${key} of Secret ${metadata.namespace}/${metadata.name}`;
      return [[name, Buffer.from(encoded, 'base64').toString()], [`${name}, encoded`, encoded]];
    })).filter(([, value]) => value.length >= SHORTEST && !isPublic(value)));
}

/** A certificate is shown to everyone who connects. */
function isPublic(value: string): boolean {
  const text = value.startsWith('LS0t') ? Buffer.from(value, 'base64').toString() : value;
  return /^-----BEGIN CERTIFICATE-----/.test(text) && !PATTERNS['a private key'].test(text);
}

/** What stands where it should not, without saying it again. */
export function leaks(texts: Texts, secrets: Texts): string[] {
  return Object.entries(texts).flatMap(([place, text]) => [
    ...Object.entries(secrets).filter(([, value]) => text.includes(value)).map(([name]) => `${name} is in ${place}`),
    ...Object.entries(PATTERNS).filter(([, pattern]) => pattern.test(text)).map(([name]) => `${name} is in ${place}`),
  ]);
}
