/**
 * @module
 * The variables that a configuration must declare in place of a proxy's other policies, and what is known of each.
 */

import type { FoundPolicy, VariableUse } from '../../policy-file.ts';
import { flowVariable } from '../flow-variables.ts';
import type { Form } from './assigned.ts';
import { type CallingProxy, callsOf, chainsOf } from './chains.ts';
import { type Event, eventsOf, type Origin, originOf, sameForm } from './origins.ts';
import { type BundlePolicy, sets } from './settings.ts';

export interface NeededVariable {
  readonly name: string;
  readonly use: VariableUse['use'];
  /** The policies and variables that read it. */
  readonly readBy: readonly string[];
  /** The policies that need it, themselves or through a variable that they read. */
  readonly policies: readonly string[];
  /** What one step of the proxy assigns, if that is certain. */
  readonly value: AssignedValue | undefined;
  /** Without one value for all policies: that of each policy for which it is certain. */
  readonly own: readonly OwnValue[];
  /** Without a value: the steps that may set it. */
  readonly setters: readonly Event[];
  /** Other policies that would set it, but not before it is read: they are disabled, in no flow, or in another one. */
  readonly elsewhere: readonly BundlePolicy[];
}

export interface AssignedValue {
  readonly form: Form;
  readonly event: Event;
}

export interface OwnValue extends AssignedValue {
  readonly policy: string;
}

interface Reading {
  readonly use: VariableUse['use'];
  readonly readBy: Set<string>;
  /** One for each chain and reader. */
  readonly origins: Origin[];
}

/** In the order in which they are first read. */
export function neededBy(
  policies: readonly FoundPolicy[],
  proxies: readonly CallingProxy[],
): readonly NeededVariable[] {
  const all = readingsOf(policies, proxies);
  const names = new Set(all.map(([name]) => name));
  const alone = policies.map((policy) => ({
    policy: policy.names[0] ?? '',
    readings: new Map(readingsOf([policy], proxies)),
  }));
  const setters = [...new Set(proxies.flatMap(({ proxy }) => [...proxy.policies.values()]))];
  const published = setters.filter(({ kind }) => kind === 'GenerateJWT');
  return all
    .filter(([name]) => !published.some((policy) => name.startsWith(`jwt.${policy.name}.`)))
    .map(([name, reading]) => {
      const readers = alone.filter(({ readings }) => readings.has(name));
      const own = readers.flatMap(({ policy, readings }) => ownValue(policy, readings.get(name), names));
      return { ...neededVariable(name, reading, setters, own), policies: readers.map(({ policy }) => policy) };
    });
}

function readingsOf(policies: readonly FoundPolicy[], proxies: readonly CallingProxy[]): readonly [string, Reading][] {
  const readings = new Readings();
  for (const policy of policies) {
    const [name = ''] = policy.names;
    const chains = proxies.flatMap(({ proxy, prefix }) =>
      callsOf(proxy, `${prefix}${name}`)
        .flatMap((call) => chainsOf(proxy, call))
        .map(({ before }) => eventsOf(before, proxy.policies)),
    );
    for (const { name: variable, use } of policy.variables ?? []) {
      for (const events of chains.length === 0 ? [[]] : chains) {
        readings.add({ name: variable, use, reader: name, events, end: events.length });
      }
    }
  }
  return readings.reached(new Set(policies.flatMap(({ names }) => names)));
}

/** A value that reads variables which have to be declared, too, is not certain: they may differ as well. */
function ownValue(policy: string, reading: Reading | undefined, needed: ReadonlySet<string>): readonly OwnValue[] {
  const value = reading && agreedValue(reading);
  if (value === undefined || value.reads.some((name) => needed.has(name) || !isOfRequest(name))) return [];
  return [{ policy, form: value.form, event: value.event }];
}

interface Read {
  readonly name: string;
  readonly use: VariableUse['use'];
  /** The policy or variable that reads it. */
  readonly reader: string;
  readonly events: readonly Event[];
  /** The number of events before the reader. */
  readonly end: number;
}

class Readings {
  readonly #byName = new Map<string, Reading>();
  readonly #seen = new Set<string>();
  readonly #chains = new Map<readonly Event[], number>();

  add(first: Read): void {
    const left = [first];
    for (const read of left) left.push(...this.#follow(read));
  }

  /** The reads of the value that is found. */
  #follow({ name, use, reader, events, end }: Read): readonly Read[] {
    const reading = this.#reading(name, use);
    reading.readBy.add(reader);
    const key = `${this.#numberOf(events)} ${end} ${name}`;
    if (this.#seen.has(key)) return [];
    this.#seen.add(key);
    const origin = isOfRequest(name) ? changeOf(events, name, end) : originOf(events, name, end);
    reading.origins.push(origin);
    if (origin.kind !== 'value') return [];
    return origin.reads.map((inner) => ({ name: inner, use: 'value', reader: name, events, end: origin.at }));
  }

  /** Those that the policies read, and those that the values of these read. What needs no declaration is left out. */
  reached(policies: ReadonlySet<string>): readonly [string, Reading][] {
    const reached = new Set(policies);
    const isReached = ({ readBy }: Reading): boolean => [...readBy].some((reader) => reached.has(reader));
    for (let before = -1; before < reached.size; ) {
      before = reached.size;
      for (const [name, reading] of this.#byName) {
        if (isReached(reading) && agreedValue(reading) !== undefined) reached.add(name);
      }
    }
    return [...this.#byName].filter(
      ([name, reading]) =>
        isReached(reading) && (!isOfRequest(name) || reading.origins.some(({ kind }) => kind !== 'none')),
    );
  }

  #reading(name: string, use: VariableUse['use']): Reading {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const reading: Reading = { use, readBy: new Set(), origins: [] };
    this.#byName.set(name, reading);
    return reading;
  }

  #numberOf(events: readonly Event[]): number {
    const number = this.#chains.get(events) ?? this.#chains.size;
    this.#chains.set(events, number);
    return number;
  }
}

function isOfRequest(name: string): boolean {
  return flowVariable(name) !== undefined;
}

/**
 * A variable of the request counts only if a policy changes it by name, or if it is a part of the message and a step may
 * change any. Envoy's jwt_authn replaces VerifyJWT.
 */
function changeOf(events: readonly Event[], name: string, end: number): Origin {
  const origin = originOf(events, name, end);
  if (origin.kind !== 'list') return origin;
  const changes = origin.events.filter(
    ({ setting, policy }) =>
      (setting.target.kind !== 'any' || messagePart.test(name)) && !/^(?:Verify|Decode)JW[ST]$/.test(policy.kind),
  );
  return changes.length === 0 ? { kind: 'none' } : { kind: 'list', events: changes };
}

const messagePart = /^(?:request|message)\.(?:header|queryparam)\./;

/** The value that all readers get. */
function agreedValue({ use, origins }: Reading): Extract<Origin, { kind: 'value' }> | undefined {
  const [first] = origins;
  if (first?.kind !== 'value' || use === 'secret') return undefined;
  return origins.every((one) => one.kind === 'value' && sameForm(one.form, first.form)) ? first : undefined;
}

function neededVariable(
  name: string,
  reading: Reading,
  policies: readonly BundlePolicy[],
  own: readonly OwnValue[],
): Omit<NeededVariable, 'policies'> {
  const value = agreedValue(reading);
  const setters = new Map(
    reading.origins
      .flatMap((origin) => (origin.kind === 'none' ? [] : origin.kind === 'value' ? [origin.event] : origin.events))
      .map((event) => [keyOf(event), event]),
  );
  const known = new Set(Array.from(setters.values(), ({ policy }) => policy));
  const isSetter = (policy: BundlePolicy): boolean =>
    policy.settings.some((setting) => setting.target.kind !== 'any' && sets(setting, name));
  return {
    name,
    use: reading.use,
    readBy: [...reading.readBy],
    value: value && { form: value.form, event: value.event },
    own: value === undefined ? own : [],
    setters: value === undefined ? [...setters.values()] : [],
    elsewhere: policies.filter((policy) => !known.has(policy) && isSetter(policy)),
  };
}

function keyOf({ policy, flow, conditions }: Event): string {
  return [policy.file, policy.name, flow, ...conditions].join('\n');
}
