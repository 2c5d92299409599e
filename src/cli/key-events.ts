/**
 * @module
 * The log lines about the keys of policies: which key signs, which is next, and that no key is left. Policies that
 * share a key share its lines.
 */
import type { Code } from '../diagnostics/codes.ts';
import { listed } from '../diagnostics/listing.ts';
import { isSameKey, type RingState, shownName } from '../keys/ring-state.ts';
import type { RingKey } from '../keys/rotation.ts';
import type { Log } from '../observe/log.ts';

interface Line {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly code?: Code;
}

/** In the order in which they are written. */
const lines = {
  ended: {
    level: 'error',
    message: 'No key of the policy is active; its requests are refused.',
    code: 'keys.none-active',
  },
  switched: { level: 'info', message: 'Another key signs now.' },
  signs: { level: 'info', message: 'A key signs.' },
  announced: { level: 'info', message: 'A new key is published, and will sign.' },
  ending: { level: 'info', message: 'The last key of a policy will retire.' },
} as const satisfies Record<string, Line>;

type Kind = keyof typeof lines;

interface EventFields {
  readonly kid?: string | undefined;
  /** The key that signed before. */
  readonly replaces?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly at?: string | undefined;
}

export interface KeyEvent {
  readonly kind: Kind;
  readonly policy: string;
  readonly fields: EventFields;
}

/** What changed for a policy. @param before undefined if the policy is new */
export function keyEvents(policy: string, before: RingState | undefined, after: RingState): KeyEvent[] {
  const events: KeyEvent[] = [];
  const { signer, since, until, next, end } = after;
  const kid = nameOf(signer);
  const add = (kind: Kind, fields: EventFields): void => void events.push({ kind, policy, fields });
  const replaces = nameOf(before?.signer);
  const isSame = before !== undefined && isSameKey(before.signer?.held, signer?.held);
  if (!isSame && signer === undefined) add('ended', { kid: lastName(before, after), since: timeOf(since) });
  else if (!isSame) {
    add(before === undefined ? 'signs' : 'switched', { kid, replaces, since: timeOf(since), until: timeOf(until) });
  }
  if (next !== undefined && !isSameNext(before, after))
    add('announced', { kid: nameOf(next.signer), at: timeOf(next.from) });
  if (signer !== undefined && end !== before?.end && Number.isFinite(end)) {
    add('ending', { kid: until === end ? kid : undefined, at: timeOf(end) });
  }
  return events;
}

function isSameNext(before: RingState | undefined, { next }: RingState): boolean {
  return before?.next?.from === next?.from && isSameKey(before?.next?.signer.held, next?.signer.held);
}

/** The key that signed last. At startup only the ring knows it, and after a reload the ring may no longer have it. */
function lastName(before: RingState | undefined, { lastSigner }: RingState): string | undefined {
  return nameOf(before?.signer ?? lastSigner);
}

function nameOf(key: RingKey | undefined): string | undefined {
  return key && shownName(key.held);
}

/** In ISO 8601; undefined for a time that is unknown or infinite. */
export function timeOf(time: number): string | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** At one time; each of thousands of policies may have its own key. */
const maxLines = 20;

/** Policies that one line names. */
const maxPolicies = 10;

const kinds = Object.keys(lines) as Kind[];

/** Writes one line for each kind of event, however many policies it concerns. */
export function logKeyEvents(events: readonly KeyEvent[], log: Log): void {
  const groups = Map.groupBy(events, ({ kind, fields }) => JSON.stringify([kind, fields]));
  const ordered = [...groups.values()].sort(([a], [b]) => rankOf(a) - rankOf(b));
  for (const group of ordered.slice(0, maxLines)) {
    const [first] = group;
    if (first === undefined) continue;
    const { level, message, ...rest }: Line = lines[first.kind];
    const names = group.map(({ policy }) => policy);
    const policies = names.length > 1 ? names.length : undefined;
    log[level](message, { ...rest, policy: listed(names, maxPolicies), policies, ...first.fields });
  }
  const suppressed = ordered.length - maxLines;
  if (suppressed > 0) log.info('More lines about keys were suppressed; the metrics have all of them.', { suppressed });
}

function rankOf(event: KeyEvent | undefined): number {
  return event === undefined ? 0 : kinds.indexOf(event.kind);
}
