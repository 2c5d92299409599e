/**
 * @module
 * Where the token goes on the gateway, for one operation: from the variable of the policy through the actions after it,
 * until a request is sent to the backend.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import { effectsOf } from '../other-actions.ts';
import { canonicalName } from '../variable-names.ts';
import { allOf, always, anyOf, type Condition } from './condition.ts';
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
   * `reads`: an action that mintproc does not run; `writes`: the same, and it may write to the variable; `text`: it
   * makes the token a part of another text, which a header of the request to the backend has; `body`: the token becomes
   * the body or a part of it; `call`: a request before the last one; `side-call`: one whose response goes to a
   * variable, or another part of a request than a header; `condition`: what it does depends on a condition; `replaced`:
   * it removes the token; `response`: it runs after the last request.
   */
  readonly how: 'reads' | 'writes' | 'text' | 'body' | 'call' | 'side-call' | 'condition' | 'replaced' | 'response';
  readonly action: Action;
}

export interface Destination {
  /** The headers with the token in the request to the backend, in lower case, each with its prefix. */
  readonly headers: ReadonlyMap<string, string | undefined>;
  /** What makes `headers` uncertain, or reads the token otherwise. */
  readonly readers: readonly Reader[];
  /** Whether a request is sent after the policy. */
  readonly isSent: boolean;
  /** On which condition the request to the backend is sent, if the policy runs. */
  readonly when: Condition;
}

/**
 * @param token as the policy writes it
 * @param runs all actions of the operation, the policy among them
 */
export function destinationOf(token: Carried, policy: Run, runs: readonly Run[]): Destination {
  const after = runs.slice(runs.indexOf(policy) + 1).filter((run) => !excludes(run, policy));
  const certain = after.filter((run) => sends(run) && alwaysWith(run, policy));
  const last = certain.findLast(answers) ?? certain.at(-1);
  const walk = new TokenWalk(token, policy, last);
  for (const run of after) walk.pass(run);
  const found = walk.end();
  const before = runs
    .slice(0, runs.indexOf(policy))
    .find((run) => sends(run) && answers(run) && !excludes(run, policy));
  if (before === undefined || after.some((run) => sends(run) && answers(run))) return found;
  // That request may have been the backend's, and those after the policy only calls.
  return { ...found, readers: [...found.readers, { how: 'condition', action: before.action }] };
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

/** What a variable has of the token: what is before it, or the action that made it a part of another text. */
type Held = { readonly kind: 'token'; readonly prefix: Prefix } | { readonly kind: 'text'; readonly madeBy: Action };

/** A request that is sent, with the headers that have the token. */
interface Sent {
  readonly run: Run;
  readonly headers: ReadonlyMap<string, Prefix>;
}

const headerPattern = /^request\.headers\.(.+)$/;
const bodyPattern = /^(?:message|request)(?:\.body\b|$)/;

/** Passes the actions after a policy. */
class TokenWalk {
  /** By the canonical name of the variable. */
  readonly #carriers = new Map<string, Held>();
  readonly #readers: Reader[] = [];
  readonly #policy: Run;
  /** The last request that is certainly sent: to the backend. Undefined if each depends on a condition. */
  readonly #last: Run | undefined;
  readonly #sent: Sent[] = [];
  #isSent = false;
  /** A request that may have been sent, and whose response then took the place of the message. */
  #maybeAnswered: Run | undefined;

  constructor({ variable, prefix }: Carried, policy: Run, last: Run | undefined) {
    this.#carriers.set(canonicalName(variable), { kind: 'token', prefix });
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
    for (const { run, headers: own } of others) {
      // After the backend's response, a request without the token whose response goes to a variable is another call.
      const isOther = this.#last !== undefined && own.size === 0 && !answers(run);
      if (!isOther && !isSame(own, headers)) this.#note('condition', run.action);
      for (const [name, prefix] of own) headers.set(name, prefix);
    }
    return { headers, readers: this.#readers, isSent: this.#isSent, when: this.#when };
  }

  get #when(): Condition {
    if (this.#last !== undefined || this.#sent.length === 0) return always;
    return anyOf(
      this.#sent.map(({ run: { guards } }) =>
        allOf(guards.filter((guard) => !this.#policy.guards.includes(guard)).map(({ condition }) => condition)),
      ),
    );
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
    const isBody = bodyPattern.test(name);
    if (isBody && this.#isMentioned(value)) this.#note('body', action);
    const held = isBody ? undefined : this.#heldBy(value, action);
    if ([...this.#carriers.keys()].some((carrier) => carrier !== name && isWithin(carrier, name)))
      this.#note('writes', action);
    this.#change(name, held, action, isCertain && one['add'] === undefined);
  }

  /** @param held undefined if the token is not in the variable any more */
  #change(name: string, held: Held | undefined, action: Action, isCertain: boolean): void {
    const kept = this.#carriers.get(name) ?? held;
    if (kept === undefined) return;
    if (!isCertain) {
      this.#note('condition', action);
      this.#carriers.set(name, kept);
    } else if (held === undefined) {
      this.#drop(name, action);
    } else {
      this.#carriers.set(name, held);
    }
  }

  /** What a variable has of the token if `action` sets it to `text`. Only a token that ends the text stays itself. */
  #heldBy(text: unknown, action: Action): Held | undefined {
    const [, before = '', name] = (typeof text === 'string' && /^([^$]*)\$\(([\w.:/-]+)\)$/.exec(text)) || [];
    const held = name === undefined ? undefined : this.#carriers.get(canonicalName(name));
    if (held?.kind === 'token')
      return { kind: 'token', prefix: held.prefix === undefined ? undefined : before + held.prefix };
    return held ?? (this.#isMentioned(text) ? { kind: 'text', madeBy: action } : undefined);
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
    if (this.#last === undefined || run === this.#last || this.#sent.length > 0) this.#keep(run, headers);
    else if (headers.size > 0) this.#note(answers(run) ? 'call' : 'side-call', action);
    if (answers(run)) this.#answer(run);
  }

  /** A request that may be the one to the backend. */
  #keep(run: Run, sent: ReadonlyMap<string, Held>): void {
    const headers = new Map<string, Prefix>();
    for (const [header, held] of sent) {
      if (held.kind === 'token') headers.set(header, held.prefix);
      else this.#note('text', held.madeBy);
    }
    this.#sent.push({ run, headers });
  }

  #answer(run: Run): void {
    if (!alwaysWith(run, this.#policy)) {
      this.#maybeAnswered = run;
      return;
    }
    for (const name of [...this.#carriers.keys()]) if (headerPattern.test(name)) this.#carriers.delete(name);
  }

  #sentHeaders(run: Run): ReadonlyMap<string, Held> {
    const { action } = run;
    const headers = new Map<string, Held>();
    for (const [name, held] of this.#carriers) {
      const header = headerPattern.exec(name)?.[1];
      const sent = header !== undefined && sentOn(action, header);
      if (header !== undefined && sent !== false) headers.set(header, held);
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

/** Whether `name` is the carrier or an object with it, such as `message` with the headers of the message. */
function isWithin(carrier: string, name: string): boolean {
  const own = canonicalName(name);
  if (own === 'message' || own === 'message.headers') return headerPattern.test(carrier);
  return carrier === own || carrier.startsWith(`${own}.`);
}

/** A variable in a text. */
const inlinePattern = /\$\(([^$()]+)\)/g;

/** Nesting of properties. */
const maxDepth = 32;

function mentions(value: unknown, name: string, depth = 0): boolean {
  if (typeof value === 'string') {
    const text = value.toLowerCase();
    if (namesOf(name).some((one) => text.includes(one.toLowerCase()))) return true;
    return value.matchAll(inlinePattern).some(([, object = '']) => isWithin(name, object));
  }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return false;
  return Object.values(value).some((inner) => mentions(inner, name, depth + 1));
}

/** The names of a variable; those of a header, in the two ways in which it is written. */
function namesOf(name: string): readonly string[] {
  const header = headerPattern.exec(name)?.[1];
  return header === undefined ? [name] : [name, `message.headers.${header}`];
}
