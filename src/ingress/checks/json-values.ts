import type { Check, Complaint } from './finding';
import { isObject, isPort, parseJson } from '../annotation';

/** Fields that an object must have, as text. */
const object = (fields: string[], urls: string[] = []): Check => value => {
  const parsed = parseJson(value);
  const missing = isObject(parsed) ? fields.filter(field => typeof parsed[field] !== 'string' || parsed[field] === '') : fields;
  if (missing.length > 0) {
    return [`a JSON object with ${fields.join(', ')}`, `give ${missing.join(', ')}`];
  }
  const plain = urls.find(url => /^http:/i.test((parsed as { [field: string]: string })[url]));
  return plain === undefined ? undefined : [`with an https:// address as ${plain}`, 'load balancers call identity providers over HTTPS only'];
};

const list = (check: (item: { [field: string]: unknown }) => Complaint): Check => value => {
  const parsed = parseJson(value);
  if (!Array.isArray(parsed) || parsed.length === 0 || !parsed.every(isObject)) {
    return ['a JSON list of one object or more', 'write it as JSON'];
  }
  return parsed.map(check).find(complaint => complaint !== undefined);
};

function mutualAuthenticationEntry(entry: { [field: string]: unknown }): Complaint {
  const { port, mode, trustStore } = entry;
  if (!isPort(port)) {
    return ['a list of objects with a port from 1 to 65535', 'name the HTTPS listener by its port'];
  }
  if (!['off', 'passthrough', 'verify'].includes(mode as string)) {
    return ['off, passthrough or verify as mode', 'name what the listener does with client certificates'];
  }
  if (mode === 'verify') {
    return trustStore ? undefined : ['given a trustStore with mode verify', 'name the trust store that holds the clients\' authorities'];
  }
  const needless = ['trustStore', 'ignoreClientCertificateExpiry', 'advertiseTrustStoreCaNames'].find(field => entry[field] !== undefined);
  return needless ? [`without ${needless} where the mode is ${mode}`, 'only mode verify looks at certificates'] : undefined;
}

const ACTIONS = ['forward', 'redirect', 'fixed-response'];

export const action: Check = value => {
  const parsed = parseJson(value);
  if (!isObject(parsed) || !ACTIONS.includes(parsed.type as string)) {
    return [`a JSON object whose type is one of ${ACTIONS.join(', ')}`, 'write it as JSON'];
  }
  const config = (field: string, needs: string): Complaint => isObject(parsed[field]) && (parsed[field] as any)[needs] !== undefined ? undefined
    : [`given ${field} with ${needs}`, `type ${parsed.type} needs it`];
  if (parsed.type === 'redirect') {
    return config('redirectConfig', 'statusCode');
  }
  if (parsed.type === 'fixed-response') {
    return config('fixedResponseConfig', 'statusCode');
  }
  const groups = isObject(parsed.forwardConfig) ? parsed.forwardConfig.targetGroups : undefined;
  if (groups === undefined) {
    return parsed.targetGroupARN ? undefined : ['given forwardConfig with targetGroups', 'type forward needs it'];
  }
  if (!Array.isArray(groups) || groups.length < 1 || groups.length > 5) {
    return ['given 1 to 5 targetGroups', 'AWS takes no more'];
  }
  return groups.length > 1 && groups.some(group => !isObject(group) || group.weight === undefined)
    ? ['given a weight for each of several targetGroups', 'requests are shared out by weight'] : undefined;
};

const FIELDS = ['host-header', 'path-pattern', 'http-header', 'http-request-method', 'query-string', 'source-ip'];
const TRANSFORMS = ['url-rewrite', 'host-header-rewrite'];

/** A condition or header of a rule holds 1 to 5 values; values and regular expressions exclude each other. */
function condition(entry: { [field: string]: unknown }): Complaint {
  if (!FIELDS.includes(entry.field as string)) {
    return [`given one of ${FIELDS.join(', ')} as field of each condition`, 'check the spelling'];
  }
  const name = `${(entry.field as string).replace(/-(.)/g, (_, letter) => letter.toUpperCase())}Config`;
  const config = entry[name];
  if (!isObject(config)) {
    return [`given ${name} where the field is ${entry.field}`, 'the controller reads the values from there'];
  }
  if (config.values !== undefined && config.regexValues !== undefined) {
    return ['given values or regexValues in a condition, not both', 'AWS takes one of the two'];
  }
  const values = config.values ?? config.regexValues;
  if (!Array.isArray(values) || values.length < 1 || values.length > 5) {
    return ['given 1 to 5 values in each condition', 'AWS takes no more'];
  }
  return entry.field === 'http-header' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/.test(`${config.httpHeaderName ?? ''}`)
    ? ['given an httpHeaderName of 1 to 40 characters, without blanks, quotes and separators', 'name one header'] : undefined;
}

export const authCognito = object(['userPoolARN', 'userPoolClientID', 'userPoolDomain']);

export const authOidc = object(['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint', 'secretName'],
  ['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint']);

export const jwtValidation = object(['jwksEndpoint', 'issuer'], ['jwksEndpoint']);

export const mutualAuthentication = list(mutualAuthenticationEntry);

export const conditions = list(condition);

export const transforms = list(entry => TRANSFORMS.includes(entry.type as string) ? undefined
  : [`given one of ${TRANSFORMS.join(', ')} as type`, 'check the spelling']);
