/**
 * @module
 * The keys that a bundled policy needs, by where the gateway had each.
 *
 * A key stays in the variable that the policy names, so that its encoding, its password and a `kid` from a variable
 * work as they are.
 */

import { oneLine } from '../../../diagnostics/one-line.ts';
import type { TokenPlan } from '../../../plan/token-plan.ts';
import type { ExportedKey } from '../../exported.ts';
import { isPrivate } from '../../private-names.ts';
import type { NeededVariable } from './needed.ts';
import type { Event } from './origins.ts';
import { namedSetters } from './setter-lines.ts';

/** What the variables of a policy hold, if they hold keys, passwords or the identifier of a key. */
export function keyKinds(plan: TokenPlan | undefined, variables: readonly NeededVariable[]) {
  const kinds = new Map<string, ExportedKey['kind']>();
  for (const { name, use } of variables) {
    if (use === 'secret' || (use === 'key-id' && isPrivate(name))) kinds.set(name, 'secret');
  }
  const { algorithm, key, encryption } = plan ?? {};
  if (key?.kind === 'variable' && algorithm?.keyKind === 'private') kinds.set(key.name, 'private');
  if (encryption?.key?.kind === 'variable') kinds.set(encryption.key.name, encryption.management.keyKind);
  return kinds;
}

/** The key of a variable; undefined if the export does not have one certain origin. */
export function keyOf(
  variable: NeededVariable,
  needed: Pick<ExportedKey, 'kind' | 'algorithm'>,
  api: string,
): ExportedKey | undefined {
  const named = namedSetters(variable.setters);
  const [first] = named;
  const isOne = named.every(({ always, setting }) => always && setting === first?.setting);
  if (!isOne || isVariableEntry(first)) return undefined;
  const own = variable.name.replace(/^private\./i, '');
  return {
    name: (first === undefined ? [api, own] : nameParts(first, api, own)).join('-'),
    ...needed,
    origin: origin(first, variable),
    use: { variable: variable.name },
  };
}

/** The public key of a policy whose key set is at a URL. */
export function recipientKey({ encryption }: TokenPlan, policy: string, api: string): ExportedKey | undefined {
  if (encryption === undefined || encryption.key !== undefined) return undefined;
  const origin = 'the key set that `<JWKS>` of the policy names by its URL, the key that `<Id>` names';
  return { name: `${api}-${policy}-recipient`, kind: 'public', origin, use: 'recipient' };
}

/** A key that depends on another variable may differ from request to request. */
function isVariableEntry(setter: Event | undefined): boolean {
  return setter?.setting.map !== undefined && setter.setting.map.entry === undefined;
}

/** One entry of a map of the environment is one key for all proxies. */
function nameParts({ setting: { map } }: Event, api: string, own: string): readonly string[] {
  if (map?.entry === undefined) return [api, own];
  return map.scope === 'apiproxy' ? [api, map.name, map.entry] : [map.name, map.entry];
}

function origin(setter: Event | undefined, { name, setters, elsewhere, use }: NeededVariable): string {
  const what = use === 'key-id' ? ', the identifier of the key' : '';
  const closed = setters
    .filter(({ setting }) => setting !== setter?.setting)
    .map(({ policy }) => `${policy.kind} ${policy.name}`);
  const perhaps = closed.length === 0 ? '' : `; perhaps also set by ${[...new Set(closed)].join(', ')}`;
  if (setter === undefined) {
    const others = elsewhere.map(({ kind, name: policy }) => `${kind} ${policy}`).join(', ');
    const unused = others === '' ? '' : `; ${others} would set it, but does not run before`;
    return oneLine(`the variable ${name}${what}, which no policy of the export sets${perhaps}${unused}`);
  }
  const { policy, setting } = setter;
  if (setting.map !== undefined) {
    const { name: map, entry, scope } = setting.map;
    return oneLine(`KVM map ${map} (${scope}), entry ${entry}${what}, by ${policy.name}${perhaps}`);
  }
  return oneLine(`the variable ${name}${what}, set by ${policy.kind} ${policy.name} in ${policy.file}${perhaps}`);
}
