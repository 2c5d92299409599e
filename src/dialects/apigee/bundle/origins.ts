/**
 * @module
 * Who sets a variable before a policy reads it.
 *
 * A value is known only if one step sets it, without a condition, to what a declaration can say. In all other cases
 * there is a list of all steps that may have set it: a wrong value would be worse than none.
 */
import { isPrivate } from '../../private-names.ts';
import type { Form } from './assigned.ts';
import type { ProxyParts, RunStep } from './chains.ts';
import { conditionsOf, type Direction } from './flow-steps.ts';
import { anything, type BundlePolicy, canonical, currentMessage, type Setting, sets } from './settings.ts';

/** A setting in a chain, with its step. */
export interface Event {
  readonly setting: Setting;
  readonly policy: BundlePolicy;
  /** Such as `ProxyEndpoint default, PreFlow, Request`. */
  readonly flow: string;
  readonly conditions: readonly string[];
  /** Whether its step runs in every request that reaches the reader. */
  readonly always: boolean;
}

/**
 * No proxy has more; what follows in a longer chain may set any variable. @internal Exported for tests of the limit.
 */
export const maxEvents = 20_000;

/** The settings of the steps, in order. Disabled policies set nothing. */
export function eventsOf(
  steps: readonly Omit<RunStep, 'endpoint'>[],
  policies: ProxyParts['policies'],
): readonly Event[] {
  const events: Event[] = [];
  for (const { step, always } of steps) {
    if (events.length > maxEvents) break;
    const policy = policies.get(step.policy);
    if (policy?.enabled !== true) continue;
    const { flow, direction } = step;
    for (const setting of policy.settings) {
      add(events, { setting: within(setting, direction), policy, flow, conditions: conditionsOf(step), always });
    }
  }
  return events;
}

/** A setting in a flow of the request or the response. */
export function within(setting: Setting, direction: Direction): Setting {
  const { target } = setting;
  if (target.kind === 'any' || !target.name.startsWith(currentMessage)) return setting;
  return { ...setting, target: { ...target, name: canonical(target.name.replace(currentMessage, direction)) } };
}

function add(events: Event[], event: Event): void {
  if (events.length < maxEvents) events.push(event);
  else events[maxEvents] = { ...event, setting: anything };
}

/** Where the value of a variable comes from at one point of a chain. */
export type Origin =
  /** No step sets it. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'value';
      readonly form: Form;
      readonly event: Event;
      /** The variables that it reads, and where: only earlier events count for them. */
      readonly reads: readonly string[];
      readonly at: number;
    }
  | { readonly kind: 'list'; readonly events: readonly Event[] };

/** @param end the number of events that come before the reader */
export function originOf(events: readonly Event[], variable: string, end: number): Origin {
  const found: { readonly event: Event; readonly at: number }[] = [];
  for (let at = end - 1; at >= 0; at--) {
    const event = events[at];
    if (event === undefined || !sets(event.setting, variable) || copiesItself(event, variable)) continue;
    found.push({ event, at });
    if (event.always && event.setting.certain) break;
  }
  const [last] = found;
  if (last === undefined) return { kind: 'none' };
  const { assigned } = last.event.setting;
  if (assigned === undefined || isPrivate(variable) || !agree(found.map(({ event }) => event))) {
    return { kind: 'list', events: found.map(({ event }) => event).reverse() };
  }
  return { kind: 'value', form: assigned.form, event: last.event, reads: assigned.reads, at: last.at };
}

/** Whether one step sets it, or all that may have set it, to one value. */
function agree(events: readonly Event[]): boolean {
  const [first, ...others] = events;
  if (first === undefined || events.at(-1)?.always !== true) return false;
  return others.every(({ setting }) => isSameConstant(first.setting, setting));
}

function isSameConstant({ assigned: a }: Setting, { assigned: b }: Setting): boolean {
  return a !== undefined && b !== undefined && 'value' in a.form && sameForm(a.form, b.form);
}

export function sameForm(a: Form, b: Form): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `<Ref>nonce</Ref>` into `nonce` changes nothing. */
function copiesItself({ setting }: Event, variable: string): boolean {
  const form = setting.assigned?.form;
  if (form === undefined || !('template' in form)) return false;
  const name = /^\{([^{}:]*)\}$/.exec(form.template)?.[1];
  return name !== undefined && canonical(name) === canonical(variable);
}
