/**
 * @module
 * What happens to the keys of policies, as lines of the log: which key signs, which comes next, and that none is left.
 * Policies that share a key share its lines.
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
    message: 'No key of a policy is active; its requests are refused.',
    code: 'keys.none-active',
  },
  switched: { level: 'info', message: 'Another key signs now.' },
  signs: { level: 'info', message: 'A key signs.' },
  announced: { level: 'info', message: 'A new key is published, and will sign.' },
  ending: { level: 'info', message: 'The last key of a policy will retire.' },
} as const satisfies Record<string, Line>;

type Kind = keyof typeof lines;

interface Told {
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
  readonly told: Told;
}

/** What came about for a policy. @param before undefined where the policy is new */
export function keyEvents(policy: string, before: RingState | undefined, after: RingState): KeyEvent[] {
  const events: KeyEvent[] = [];
  const { signer, since, until, next, end } = after;
  const kid = nameOf(signer);
  const tell = (kind: Kind, told: Told): void => void events.push({ kind, policy, told });
  if (before === undefined || !isSameKey(before.signer?.held, signer?.held)) {
    const replaces = nameOf(before?.signer);
    if (signer === undefined) tell('ended', { kid: replaces, since: timeOf(since) });
    else {
      tell(before === undefined ? 'signs' : 'switched', { kid, replaces, since: timeOf(since), until: timeOf(until) });
    }
  }
  const isKnown = before?.next?.from === next?.from && isSameKey(before?.next?.signer.held, next?.signer.held);
  if (next !== undefined && !isKnown) tell('announced', { kid: nameOf(next.signer), at: timeOf(next.from) });
  if (signer !== undefined && end !== before?.end && Number.isFinite(end)) {
    tell('ending', { kid: until === end ? kid : undefined, at: timeOf(end) });
  }
  return events;
}

function nameOf(key: RingKey | undefined): string | undefined {
  return key && shownName(key.held);
}

/** As ISO 8601 has it; undefined for a time that is not known, or does not come. */
export function timeOf(time: number): string | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Lines at once; thousands of policies may each have a key of their own. */
const mostLines = 20;

/** Policies that a line names. */
const mostPolicies = 10;

const kinds = Object.keys(lines) as Kind[];

/** Writes a line for each thing that happened, however many policies it happened to. */
export function logKeyEvents(events: readonly KeyEvent[], log: Log): void {
  const groups = Map.groupBy(events, ({ kind, told }) => JSON.stringify([kind, told]));
  const ordered = [...groups.values()].sort(([a], [b]) => rankOf(a) - rankOf(b));
  for (const group of ordered.slice(0, mostLines)) {
    const [first] = group;
    if (first === undefined) continue;
    const { level, message, ...fields }: Line = lines[first.kind];
    const names = group.map(({ policy }) => policy);
    const policies = names.length > 1 ? names.length : undefined;
    log[level](message, { ...fields, policy: listed(names, mostPolicies), policies, ...first.told });
  }
  const suppressed = ordered.length - mostLines;
  if (suppressed > 0) log.info('More lines about keys were left out; the metrics have them all.', { suppressed });
}

function rankOf(event: KeyEvent | undefined): number {
  return event === undefined ? 0 : kinds.indexOf(event.kind);
}
