/**
 * @module
 * Exports of Flex Gateway for the tests, written shortly, and what is said of their policies.
 */
import { type ExportedPolicy, type ExportFile, Open, type Writable } from '../../../../src/dialects/exported.ts';
import { readFlexExport } from '../../../../src/dialects/flex/export/read-export.ts';

export type Files = Readonly<Record<string, string>>;

export function read(files: Files): readonly ExportedPolicy[] {
  const list = Object.entries(files).map(
    ([name, text]): ExportFile => ({ path: `/in/${name}`, name, text, bytes: Buffer.from(text) }),
  );
  return readFlexExport(list).flatMap(({ policies }) => policies);
}

/** `exact`, or the codes of what keeps the policy from being so. */
function verdictOf({ reasons }: ExportedPolicy): string {
  const codes = (wanted: string) => reasons.filter(({ kind }) => kind === wanted).map(({ problem }) => problem.code);
  const [cannot, value] = [codes('cannot'), codes('value')];
  if (cannot.length > 0) return `cannot: ${cannot.join(' ')}`;
  return value.length > 0 ? `value: ${value.join(' ')}` : 'exact';
}

/** With `?` for what is open. */
function plain(value: Writable): unknown {
  if (value instanceof Open) return '?';
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export function summary(policy: ExportedPolicy): readonly unknown[] {
  const allow = [...policy.meant, ...policy.undecided];
  const entry = { ...policy.entry, ...(allow.length === 0 ? {} : { allow }) };
  return [policy.name, verdictOf(policy), policy.routes.map(({ match }) => plain(match)), plain(entry)];
}

const config = '{ signingMethod: HS256, privateKey: a-secret-of-thirty-two-characters, exp: 60 }';
export const ours = `{ policyRef: { name: jwt-generation-flex }, config: ${config} }`;
export const reading = (expression: string, more = ''): string =>
  `{ policyRef: { name: jwt-generation-flex }, config: { signingMethod: HS256, privateKey: a-secret-of-thirty-two-characters, exp: 60, customClaims: [{ name: c, value: "#[${expression}]" }] }${more} }`;
export const instance = (name: string, address: string, spec = '', metadata = ''): string =>
  `---\nkind: ApiInstance\nmetadata: { name: ${name}${metadata} }\nspec:\n  address: ${address}\n${spec}`;
export const policies = (...list: readonly string[]): string => `  policies: [${list.join(', ')}]\n`;
export const services = (text: string): string => `  services: ${text}\n`;
export const binding = (name: string, target: string, more = ''): string =>
  `---\nkind: PolicyBinding\nmetadata: { name: ${name} }\nspec: { targetRef: ${target}, policyRef: { name: jwt-generation-flex }, config: ${config}${more} }\n`;
