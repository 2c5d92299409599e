/**
 * @module
 * Where the token goes on the gateway, for one operation: from the variable of the policy through the actions after it,
 * until a request is sent to the backend.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import { effectsOf } from '../other-actions.ts';
import { canonicalName } from '../variable-names.ts';
import { type Action, alwaysWith, excludes, type Run } from './flow.ts';
import { sentOn } from './header-control.ts';

/** A variable with the token. */
export interface Carried {
  readonly variable: string;
  /** What is before the token; undefined if it depends on the policy's version, which the file does not say. */
  readonly prefix: string | undefined;
}

/** An action that does something with the token, or with a variable that has it. */
export interface Reader {
  /**
   * `reads`: an action that mintproc does not run; `writes`: the same, and it may write to the variable; `part`: the
   * token becomes a part of another text, or a body; `call`: a request before the last one; `side-call`: one whose
   * response goes to a variable, or another part of a request than a header; `condition`: what it does depends on a
   * condition; `replaced`: it removes the token; `response`: it runs after the last request.
   */
  readonly how: 'reads' | 'writes' | 'part' | 'call' | 'side-call' | 'condition' | 'replaced' | 'response';
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
 * @param token as the policy writes it
 * @param runs all actions of the operation, the policy among them
 */
export function destinationOf(token: Carried, policy: Run, runs: readonly Run[]): Destination {
  const later = runs.slice(runs.indexOf(policy) + 1).filter((run) => !excludes(run, policy));
  const end = later.findIndex((run) => run.action.name === 'throw' && alwaysWith(run, policy));
  const after = end === -1 ? later : later.slice(0, end);
  const certain = after.filter((run) => sends(run) && alwaysWith(run, policy));
  const walk = new TokenWalk(token, policy, certain.findLast(answers) ?? certain.at(-1));
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

type Prefix = string | undefined;

/** A request that is sent, with the headers that have the token. */
interface Sent {
  readonly action: Action;
  readonly headers: ReadonlyMap<string, Prefix>;
}

const headerPattern = /^request\.headers\.(.+)$/;
const bodyPattern = /^(?:message|request)(?:\.body\b|$)/;

/** Passes the actions after a policy. */
class TokenWalk {
  /** By the canonical name of the variable. */
  readonly #carriers = new Map<string, { readonly prefix: Prefix }>();
  readonly #readers: Reader[] = [];
  readonly #policy: Run;
  /** The last request that is certainly sent: to the backend. Undefined if each depends on a condition. */
  readonly #last: Run | undefined;
  readonly #sent: Sent[] = [];
  #isSent = false;
  /** A request that may have been sent, and whose response then took the place of the message. */
  #maybeAnswered: Run | undefined;

  constructor({ variable, prefix }: Carried, policy: Run, last: Run | undefined) {
    this.#carriers.set(canonicalName(variable), { prefix });
    this.#policy = policy;
    this.#last = last;
  }

  pass(run: Run): void {
    const { action } = run;
    if (sends(run)) this.#send(run);
    else if (this.#last !== undefined && this.#sent.length > 0) this.#respond(action);
    else if (action.name === 'set-variable') this.#assign(action, alwaysWith(run, this.#policy));
    else if (action.name === 'jwt-generate') this.#replace(action, alwaysWith(run, this.#policy));
    else if (action.name !== 'jwt-validate') this.#pass(action);
  }

  end(): Destination {
    const [first, ...others] = this.#sent;
    const headers = new Map(first?.headers);
    for (const { action, headers: own } of others) {
      // After the backend's response, a request without the token is another call.
      const isOther = this.#last !== undefined && own.size === 0;
      if (!isOther && !isSame(own, headers)) this.#note('condition', action);
      for (const [name, prefix] of own) headers.set(name, prefix);
    }
    return { headers, readers: this.#readers, isSent: this.#isSent };
  }

  #note(how: Reader['how'], action: Action): void {
    this.#readers.push({ how, action });
  }

  #respond(action: Action): void {
    if (this.#isMentioned(action.properties)) this.#note('response', action);
  }

  /** An action that mintproc does not run. */
  #pass(action: Action): void {
    const { names } = effectsOf(action.name, action.properties);
    const isWritten = [...this.#carriers.keys()].some((carrier) => names.some((name) => isWithin(carrier, name)));
    if (isWritten) this.#note('writes', action);
    else if (this.#isMentioned(action.properties)) this.#note('reads', action);
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
    const name = canonicalName(target);
    const value = one['clear'] === undefined ? one['value'] : undefined;
    const copied = bodyPattern.test(name) ? undefined : this.#copied(value);
    if (copied === undefined && this.#isMentioned(value)) this.#note('part', action);
    this.#change(name, copied, action, isCertain && one['add'] === undefined);
  }

  /** @param copied what is before the token in the variable now; undefined if the token is not in it any more */
  #change(name: string, copied: { readonly prefix: Prefix } | undefined, action: Action, isCertain: boolean): void {
    const before = this.#carriers.get(name);
    if (before === undefined && copied === undefined) return;
    if (!isCertain) {
      this.#note('condition', action);
      this.#carriers.set(name, before ?? copied ?? { prefix: undefined });
    } else if (copied === undefined) {
      this.#drop(name, action);
    } else {
      this.#carriers.set(name, copied);
    }
  }

  /** The text before the token, if the token ends the text. */
  #copied(text: unknown): { readonly prefix: Prefix } | undefined {
    const [, before = '', name] = (typeof text === 'string' && /^([^$]*)\$\(([\w.:/-]+)\)$/.exec(text)) || [];
    const carried = name === undefined ? undefined : this.#carriers.get(canonicalName(name));
    return carried && { prefix: carried.prefix === undefined ? undefined : before + carried.prefix };
  }

  #drop(name: string, action: Action): void {
    if (this.#carriers.delete(name)) this.#note('replaced', action);
  }

  /** Another policy that mints a token. */
  #replace(action: Action, isCertain: boolean): void {
    const { jwt } = action.properties;
    const name = canonicalName(typeof jwt === 'string' && jwt !== '' ? jwt : 'message.headers.authorization');
    if (isCertain) this.#drop(name, action);
    else if (this.#carriers.has(name)) this.#note('condition', action);
  }

  #send(run: Run): void {
    const { action } = run;
    this.#isSent = true;
    if (this.#isMentioned(action.properties)) this.#note('side-call', action);
    const headers = this.#sentHeaders(run);
    if (this.#last === undefined || run === this.#last || this.#sent.length > 0) this.#sent.push({ action, headers });
    else if (headers.size > 0) this.#note(answers(run) ? 'call' : 'side-call', action);
    if (answers(run)) this.#answer(run);
  }

  #answer(run: Run): void {
    if (!alwaysWith(run, this.#policy)) {
      this.#maybeAnswered = run;
      return;
    }
    for (const name of [...this.#carriers.keys()]) if (headerPattern.test(name)) this.#carriers.delete(name);
  }

  #sentHeaders(run: Run): ReadonlyMap<string, Prefix> {
    const { action } = run;
    const headers = new Map<string, Prefix>();
    for (const [name, { prefix }] of this.#carriers) {
      const header = headerPattern.exec(name)?.[1];
      const sent = header !== undefined && sentOn(action, header);
      if (header !== undefined && sent !== false) headers.set(header, prefix);
      if (sent === 'uncertain') this.#note('condition', action);
    }
    const earlier = this.#maybeAnswered;
    if (earlier !== undefined && headers.size > 0 && !excludes(earlier, run)) this.#note('condition', earlier.action);
    return headers;
  }

  /** Whether a text in it names a variable with the token. */
  #isMentioned(value: unknown): boolean {
    return [...this.#carriers.keys()].some((name) => mentions(value, name));
  }
}

function isSame(a: ReadonlyMap<string, Prefix>, b: ReadonlyMap<string, Prefix>): boolean {
  return a.size === b.size && [...a].every(([name, prefix]) => b.has(name) && b.get(name) === prefix);
}

/** Whether writing to `name` writes to the carrier; `message` has all headers of the message. */
function isWithin(carrier: string, name: string): boolean {
  const written = canonicalName(name);
  if (written === 'message') return headerPattern.test(carrier);
  return carrier === written || carrier.startsWith(`${written}.`);
}

/** Nesting of properties. */
const maxDepth = 32;

function mentions(value: unknown, name: string, depth = 0): boolean {
  if (typeof value === 'string') {
    const text = value.toLowerCase();
    return namesOf(name).some((one) => text.includes(one.toLowerCase()));
  }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return false;
  return Object.values(value).some((inner) => mentions(inner, name, depth + 1));
}

/** The names of a variable; those of a header, in the two ways in which it is written. */
function namesOf(name: string): readonly string[] {
  const header = headerPattern.exec(name)?.[1];
  return header === undefined ? [name] : [name, `message.headers.${header}`];
}
