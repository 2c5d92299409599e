/**
 * @module
 * Where the token goes on the gateway, for one operation: from the variable of the policy through the actions after it,
 * until a request is sent to the backend.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import { effectsOf } from '../other-actions.ts';
import { canonicalName } from '../variable-names.ts';
import { type Action, alwaysWith, excludes, type Run } from './flow.ts';

/** What is before the token in a variable. */
export interface Carried {
  /** Undefined if it depends on the version of the policy, which the file does not say. */
  readonly prefix: string | undefined;
}

/** An action that does something with the token, or with a variable that has it. */
export interface Reader {
  /**
   * `reads`: a script or another action that mintproc does not run; `writes`: the same, and it may write to the header;
   * `part`: the token becomes a part of another text; `call`: a request that is not the last one; `side-call`: one whose
   * response goes to a variable, or a part of a request other than a header; `condition`: what it does depends on a
   * condition; `replaced`: it removes the token.
   */
  readonly how: 'reads' | 'writes' | 'part' | 'call' | 'side-call' | 'condition' | 'replaced';
  readonly action: Action;
}

export interface Destination {
  /** The headers with the token in the request to the backend, in lower case, each with its prefix. */
  readonly headers: ReadonlyMap<string, string | undefined>;
  /** What makes `headers` uncertain, or reads the token otherwise. */
  readonly readers: readonly Reader[];
  /** Whether a request is sent after the policy. */
  readonly isSent: boolean;
}

/**
 * @param variable that the policy writes the token to
 * @param runs all actions of the operation, the policy among them
 */
export function destinationOf(variable: string, carried: Carried, policy: Run, runs: readonly Run[]): Destination {
  const after = runs.slice(runs.indexOf(policy) + 1).filter((run) => !excludes(run, policy));
  const certain = after.filter((run) => sends(run) && alwaysWith(run, policy));
  const walk = new TokenWalk(variable, carried, policy, certain.findLast(answers) ?? certain.at(-1));
  for (const run of after) walk.pass(run);
  return walk.end();
}

function sends({ action }: Run): boolean {
  return action.name === 'invoke' || action.name === 'proxy';
}

/** Whether the response takes the place of the message, as the backend's does. */
function answers({ action: { name, properties } }: Run): boolean {
  const { output } = properties;
  return name === 'proxy' || typeof output !== 'string' || output === '' || output === 'message';
}

const headerPattern = /^request\.headers\.(.+)$/;

/** What to do with the actions after a policy. */
class TokenWalk {
  readonly #carriers = new Map<string, Carried>();
  readonly #readers: Reader[] = [];
  readonly #policy: Run;
  /** The last request that is certainly sent: it reaches the backend, as may those after it. */
  readonly #last: Run | undefined;
  #sent: ReadonlyMap<string, string | undefined>[] = [];
  #isSent = false;
  /** A request that may have been sent, and whose response then took the place of the message. */
  #maybeAnswered: Run | undefined;

  constructor(variable: string, carried: Carried, policy: Run, last: Run | undefined) {
    this.#carriers.set(canonicalName(variable), carried);
    this.#policy = policy;
    this.#last = last;
  }

  pass(run: Run): void {
    const { action } = run;
    const isCertain = alwaysWith(run, this.#policy);
    if (action.name === 'set-variable') return this.#assign(action, isCertain);
    if (sends(run)) return this.#send(run, isCertain);
    if (action.name === 'jwt-generate') return this.#replace(action, isCertain);
    if (action.name === 'jwt-validate') return;
    const { names } = effectsOf(action.name, action.properties);
    const isWritten = [...this.#carriers.keys()].some((carrier) => names.some((name) => isWithin(carrier, name)));
    if (isWritten || this.#isMentioned(action.properties)) this.#note(isWritten ? 'writes' : 'reads', action);
  }

  end(): Destination {
    const [first = new Map<string, string | undefined>(), ...others] = this.#sent;
    const headers = new Map(first);
    for (const other of others) for (const [name, prefix] of other) headers.set(name, prefix);
    return { headers, readers: this.#readers, isSent: this.#isSent };
  }

  #note(how: Reader['how'], action: Action): void {
    this.#readers.push({ how, action });
  }

  #assign(action: Action, isCertain: boolean): void {
    const list = action.properties['actions'];
    for (const one of Array.isArray(list) ? (list as readonly unknown[]) : []) {
      if (isRecord(one)) this.#assignOne(action, one, isCertain);
    }
  }

  #assignOne(action: Action, one: Readonly<Record<string, unknown>>, isCertain: boolean): void {
    const target = one['set'] ?? one['add'] ?? one['clear'];
    if (typeof target !== 'string') return;
    const { value } = one;
    const name = canonicalName(target);
    const carried = typeof value === 'string' && one['clear'] === undefined ? this.#copied(value) : undefined;
    if (carried === undefined && this.#isMentioned(value)) this.#note('part', action);
    const before = this.#carriers.get(name);
    if (before === undefined && carried === undefined) return;
    if (!isCertain || one['add'] !== undefined) return this.#uncertain(name, action, before ?? carried);
    if (carried !== undefined) this.#carriers.set(name, carried);
    else this.#drop(name, 'replaced', action);
  }

  /** A change that may not have been made. */
  #uncertain(name: string, action: Action, carried: Carried | undefined): void {
    this.#note('condition', action);
    if (carried !== undefined) this.#carriers.set(name, carried);
  }

  /** The text before the token, if the token ends the text. */
  #copied(text: string): Carried | undefined {
    const [, before, name] = /^([^$]*)\$\(([\w.:/-]+)\)$/.exec(text) ?? [];
    const carried = name === undefined ? undefined : this.#carriers.get(canonicalName(name));
    if (carried === undefined || before === undefined) return undefined;
    return { prefix: carried.prefix === undefined ? undefined : before + carried.prefix };
  }

  #drop(name: string, how: Reader['how'], action: Action): void {
    if (!this.#carriers.delete(name)) return;
    if (headerPattern.test(name)) this.#note(how, action);
  }

  #replace(action: Action, isCertain: boolean): void {
    const { jwt } = action.properties;
    const name = canonicalName(typeof jwt === 'string' && jwt !== '' ? jwt : 'message.headers.authorization');
    if (!this.#carriers.has(name)) return;
    this.#note(isCertain ? 'replaced' : 'condition', action);
    if (isCertain) this.#carriers.delete(name);
  }

  #send(run: Run, isCertain: boolean): void {
    const { action } = run;
    this.#isSent = true;
    if (this.#isMentioned(action.properties)) this.#note('side-call', action);
    const headers = this.#sentHeaders(action);
    const isBackend = this.#last === undefined || run === this.#last;
    if (isBackend || this.#sent.length > 0) this.#sent.push(headers);
    else if (headers.size > 0) this.#note(answers(run) ? 'call' : 'side-call', action);
    const earlier = this.#maybeAnswered;
    if (earlier !== undefined && headers.size > 0 && !excludes(earlier, run)) this.#note('condition', earlier.action);
    if (!answers(run)) return;
    if (!isCertain) this.#maybeAnswered = run;
    else for (const name of [...this.#carriers.keys()]) if (headerPattern.test(name)) this.#carriers.delete(name);
  }

  #sentHeaders(action: Action): Map<string, string | undefined> {
    const headers = new Map<string, string | undefined>();
    for (const [name, { prefix }] of this.#carriers) {
      const header = headerPattern.exec(name)?.[1];
      if (header === undefined || !passes(action, header)) continue;
      if (header === 'authorization' && typeof action.properties['username'] === 'string')
        this.#note('condition', action);
      headers.set(header, prefix);
    }
    return headers;
  }

  /** Whether a text in it names a variable with the token. */
  #isMentioned(value: unknown): boolean {
    return [...this.#carriers.keys()].some((name) => mentions(value, name));
  }
}

/** Whether writing to `name` writes to the carrier; `message` has all headers of the message. */
function isWithin(carrier: string, name: string): boolean {
  const written = canonicalName(name);
  return (
    carrier === written || carrier.startsWith(`${written}.`) || (written === 'message' && headerPattern.test(carrier))
  );
}

/** Nesting of properties. */
const maxDepth = 32;

function mentions(value: unknown, name: string, depth = 0): boolean {
  if (typeof value === 'string') {
    const text = value.toLowerCase();
    return namesIn(name).some((one) => text.includes(one.toLowerCase()));
  }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return false;
  return Object.values(value).some((inner) => mentions(inner, name, depth + 1));
}

/** The names of a header's variable, in the ways that scripts write it. */
function namesIn(name: string): readonly string[] {
  const header = headerPattern.exec(name)?.[1];
  return header === undefined ? [name] : [`request.headers.${header}`, `message.headers.${header}`];
}

/** Whether an invoke sends a header of the message. */
function passes({ properties }: Action, header: string): boolean {
  const control = properties['header-control'];
  if (!isRecord(control)) return true;
  const { type, values } = control;
  const patterns = Array.isArray(values) ? values.filter((one) => typeof one === 'string') : [];
  const isListed = patterns.some((pattern) => matches(pattern, header));
  return type === 'whitelist' || type === 'allowlist' ? isListed : !isListed;
}

/** The list has regular expressions; the usual ones are names between `^` and `$`, in any case. */
function matches(pattern: string, header: string): boolean {
  return pattern.replace(/^\^/, '').replace(/\$$/, '').toLowerCase() === header;
}
