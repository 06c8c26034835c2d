/** The domains of AWS's APIs by the start of a region's name. All other regions have `amazonaws.com`. */
const DOMAINS: [string, string][] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];

/** The domain of AWS's APIs in a region. */
export function domainOf(region: string): string {
  return DOMAINS.find(([start]) => region.startsWith(start))?.[1] ?? 'amazonaws.com';
}

/**
 * Refuses a request whose answer would not go to S3, where CloudFormation takes it: whoever may invoke the function names the address.
 *
 * @param env the function's environment: an emulator of AWS takes its answers where the SDK is pointed
 */
export function checkAddress(address: string | undefined, env: NodeJS.ProcessEnv): void {
  const url = parsed(address);
  const s3 = new RegExp(`^https://([^/]+\\.)?s3([.-][a-z0-9-]+)*\\.${domainOf(env.AWS_REGION ?? '').replace(/\./g, '\\.')}$`);
  const emulator = parsed(env.AWS_ENDPOINT_URL)?.hostname;
  if (!url || !s3.test(url.origin) && url.hostname !== emulator) {
    throw new Error(`The answer would not go to CloudFormation, but to ${url?.host || address}, and nothing was done`);
  }
}

function parsed(address: string | undefined): URL | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
}
