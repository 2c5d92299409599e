/**
 * @module
 * The `match` of a route in mintproc.yaml for a rule of a gateway's route, whose parts are regular expressions. What a
 * `match` cannot say exactly, it says wider.
 */
import { field } from '../carriers.ts';
import { type Difference, literalText, type PathPart, pathsOf } from './path-expression.ts';

export interface RuleMatch {
  readonly path?: string;
  readonly pathPrefix?: string;
  readonly host?: string;
  readonly method?: readonly string[];
  readonly headers?: Readonly<Record<string, HeaderForm>>;
}

type HeaderForm = string | readonly string[] | true;

export interface MatchedRule {
  readonly match: RuleMatch;
  readonly differs: Difference;
}

/**
 * One match for each alternative of the rule's path.
 *
 * @param basePath what paths begin with before the part that the rule compares; plain, without a slash at the end
 */
export function matchesOf(rule: unknown, basePath: string): readonly MatchedRule[] {
  const method = methodsOf(field(rule, 'methods'));
  const host = hostOf(field(rule, 'host'));
  const headers = headersOf(field(rule, 'headers'));
  const others: RuleMatch = {
    ...(host === undefined || host === 'wider' ? {} : { host }),
    ...(method === undefined || method === 'wider' ? {} : { method }),
    ...(headers === undefined || headers === 'wider' ? {} : { headers }),
  };
  const isWider = method === 'wider' || host === 'wider' || headers === 'wider';
  const written = field(rule, 'path');
  const paths: readonly PathPart[] = isAny(written)
    ? [{ form: 'beginning', text: '', differs: 'none' }]
    : pathsOf(String(written));
  return paths.map((path) => ({
    match: { ...below(basePath, path), ...others },
    differs: isWider ? 'more' : path.differs,
  }));
}

function below(basePath: string, { form, text }: PathPart): Pick<RuleMatch, 'path' | 'pathPrefix'> {
  const path = `${basePath}${text}`;
  if (form === 'whole') return { path: path === '' ? '/' : path };
  return path === '' ? {} : { pathPrefix: path };
}

/** Whether an expression is for every text. */
function isAny(text: unknown): boolean {
  return text === undefined || text === null || /^\^?(?:\.\*|\(\.\*\))\$?$/.test(String(text));
}

/** `GET|POST`, or a list. Undefined: any. */
function methodsOf(written: unknown): readonly string[] | undefined | 'wider' {
  const text = Array.isArray(written) ? written.join('|') : written;
  if (isAny(text)) return undefined;
  const names = alternatives(String(text))?.map((name) => name.toUpperCase());
  return names?.every((name) => /^[A-Z]+$/.test(name)) === true ? [...new Set(names)] : 'wider';
}

function hostOf(written: unknown): string | undefined | 'wider' {
  if (isAny(written)) return undefined;
  const text = String(written).replace(/^\^|\$$/g, '');
  const under = /^\(?\.[*+]\)?\\\.([\s\S]*)$/.exec(text);
  const name = literalText(under?.[1] ?? text);
  if (name === undefined || !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*$/i.test(name)) return 'wider';
  return under === null ? name : `*.${name}`;
}

/** In a route. */
const maxHeaders = 32;

function headersOf(written: unknown): RuleMatch['headers'] | 'wider' {
  const entries = typeof written === 'object' && written !== null ? Object.entries(written) : [];
  if (entries.length === 0) return undefined;
  // A route has other keys for the host, and no two names that some servers take for one.
  const names = new Set(entries.map(([name]) => name.toLowerCase().replace(/[^a-z0-9]/g, '-')));
  const isPlain = entries.every(([name]) => /^[a-z0-9][a-z0-9_-]*$/i.test(name) && !/^host$/i.test(name));
  if (!isPlain || names.size < entries.length || names.size > maxHeaders) return 'wider';
  const forms = entries.map(([name, expression]) => [name, headerOf(expression)] as const);
  const said = forms.flatMap(([name, form]) => (form === 'wider' ? [] : [[name, form.value] as const]));
  return said.length === forms.length ? Object.fromEntries(said) : 'wider';
}

function headerOf(written: unknown): { readonly value: HeaderForm } | 'wider' {
  if (isAny(written)) return { value: true };
  const values = alternatives(String(written));
  // A comma separates the items of a header, and servers do not agree on spaces at the edges.
  if (values?.every((value) => /^[!-+\--~](?:[ -+\--~]*[!-+\--~])?$/.test(value)) !== true) return 'wider';
  const [only, ...more] = values;
  return { value: more.length === 0 && only !== undefined ? only : values };
}

/** The alternatives of an expression, if all of them are literal. */
function alternatives(expression: string): readonly string[] | undefined {
  const inner = /^\^?(?:\((?:\?:)?([^()]*)\)|([^()]*))\$?$/.exec(expression);
  const texts = (inner?.[1] ?? inner?.[2])?.split('|').map(literalText);
  return texts?.every((text) => text !== undefined && text !== '') === true
    ? texts.filter((text) => text !== undefined)
    : undefined;
}
