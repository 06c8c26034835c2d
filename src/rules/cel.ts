/** A string literal in CEL, whatever the text contains. */
export function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/'/g, '\\\'')}'`;
}

/** A list of string literals in CEL. */
export function list(texts: string[]): string {
  return `[${texts.map(literal).join(', ')}]`;
}

/** A regular expression as a raw string in CEL: it must not contain a single quote. */
export function regex({ source }: RegExp): string {
  return `r'${source}'`;
}

const LISTENER = String.raw`"HTTPS?"\s*:\s*[1-9][0-9]{0,4}`;
const LISTENERS = String.raw`\{\s*${LISTENER}(\s*,\s*${LISTENER})*\s*\}`;

/** The annotation listen-ports: CEL cannot parse JSON. Escapes in its keys, which JSON allows, do not match. */
export const LISTEN_PORTS = new RegExp(String.raw`^\s*\[\s*${LISTENERS}(\s*,\s*${LISTENERS})*\s*\]\s*$`);

const TYPE = String.raw`"type"\s*:\s*"fixed-response"`;
const MEMBERS = String.raw`([^{}"]|"[^"\\]*")*`;
const REFUSAL = String.raw`"fixedResponseConfig"\s*:\s*\{${MEMBERS}"statusCode"\s*:\s*("4[0-9][0-9]"|4[0-9][0-9])${MEMBERS}\}`;

/** An annotation `actions.NAME` with which the load balancer itself refuses requests. */
export const FIXED_RESPONSE = new RegExp(String.raw`^\s*\{\s*(${TYPE}\s*,\s*${REFUSAL}|${REFUSAL}\s*,\s*${TYPE})\s*\}\s*$`);

const LETTER = String.raw`[^\\\[\](){}*+?|^$]`;
const ESCAPE = String.raw`\\[dDwWsS.\-/\\+*?()\[\]{}|^$_~%]`;
const SET = String.raw`\[\^?(a-z|0-9|\\[dws.\-/]|[a-z0-9_./%~@:,;=&!])+-?\]`;
const ATOM = String.raw`(${LETTER}|${ESCAPE}|${SET})([*+?]\??|\{[0-9]{1,2},?\})?|[|^$]`;
const group = (content: string) => String.raw`\((\?:)?(${content})*\)[*+?]?`;

/**
 * Regular expressions that certainly compile: letters, escapes and sets, repeated or not, in groups at most two deep.
 *
 * One that does not compile would end the policy with an error, which CEL cannot catch.
 */
export const SAFE_PATTERN = new RegExp(`^(${ATOM}|${group(`${ATOM}|${group(ATOM)}`)})*$`);
