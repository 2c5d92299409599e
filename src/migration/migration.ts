/**
 * @module
 * Decides what a configuration has of an export: entries with names of their own, routes in an order in which each
 * request gets the policies that ran for it on the gateway, and the keys to provide.
 */
import { type ExportedApi, type ExportedPolicy, Open, type Reason, type Writable } from '../dialects/exported.ts';
import { settingsOf } from './entry-settings.ts';
import { valueReason } from './findings.ts';
import { type KeyFile, KeyFiles } from './key-files.ts';
import { opensIn } from './open-values.ts';
import { PlainNames } from './plain-names.ts';
import { PolicyFiles } from './policy-files.ts';
import { type MigratedRoute, type NamedPolicy, routesOf } from './routes.ts';

/** `exact`: nothing but its keys is missing. */
export type Verdict = 'exact' | 'needs-values' | 'cannot';

export interface MigratedPolicy {
  /** The name of its API. */
  readonly api: string;
  readonly policy: ExportedPolicy;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Its entry in the configuration. A policy that cannot run here has none. */
  readonly entry: MigratedEntry | undefined;
}

export interface MigratedEntry {
  readonly name: string;
  /** All keys but `name`. */
  readonly settings: Readonly<Record<string, Writable>>;
}

export interface Migration {
  readonly policies: readonly MigratedPolicy[];
  readonly routes: readonly MigratedRoute[];
  readonly keys: readonly KeyFile[];
  /** The vendor's files by their new paths. */
  readonly copies: ReadonlyMap<string, Uint8Array>;
}

export function migrationOf(apis: readonly ExportedApi[]): Migration {
  const files = new PolicyFiles();
  const keys = new KeyFiles();
  const named = namedPolicies(apis);
  const routes = routesOf(named);
  const policies = named.map(({ api, policy, name }): MigratedPolicy => {
    if (name === undefined)
      return { api: api.name, policy, verdict: 'cannot', reasons: policy.reasons, entry: undefined };
    const file = files.pathOf(policy.file, api.name);
    const settings = settingsOf(policy, file, (key) => {
      const keyFile = keys.fileFor(key, api);
      keyFile.entries.push(name);
      return keyFile;
    });
    const own = routes.filter((route) => route.of.includes(policy));
    return { api: api.name, policy, ...judged(policy, settings, own, name) };
  });
  return { policies, routes, keys: keys.all, copies: files.copies };
}

function namedPolicies(apis: readonly ExportedApi[]): readonly NamedPolicy[] {
  const names = new PlainNames();
  return apis.flatMap((api, index) =>
    api.policies.map((policy) => {
      const isPossible = !policy.reasons.some(({ kind }) => kind === 'cannot');
      const name = isPossible ? names.take([policy.name, `${api.name}-${policy.name}`]) : undefined;
      return { api: { index, name: api.name }, policy, name };
    }),
  );
}

/** A value that is open is a reason, and a reason to decide something leaves a value open. */
function judged(
  policy: ExportedPolicy,
  settings: Readonly<Record<string, Writable>>,
  routes: readonly MigratedRoute[],
  name: string,
): Pick<MigratedPolicy, 'verdict' | 'reasons' | 'entry'> {
  const opens = [
    ...opensIn(settings).map((open) => ({ open, place: policy.place })),
    ...routes.flatMap(({ match, policies, places }) =>
      opensIn([match, ...policies]).map((open) => ({ open, place: places[0] ?? policy.place })),
    ),
  ];
  const decisions = policy.reasons.filter(({ kind }) => kind === 'value');
  if (opens.length === 0 && decisions.length === 0) {
    return { verdict: 'exact', reasons: policy.reasons, entry: { name, settings } };
  }
  const reasons = [
    ...policy.reasons,
    ...opens.map(({ open, place }) => valueReason('import.open-value', place, `Write ${open.instead}.`)),
  ];
  const entry = {
    name,
    settings: opens.length === 0 ? { ...settings, allow: withDecision(settings['allow']) } : settings,
  };
  return { verdict: 'needs-values', reasons, entry };
}

/** What must be decided has no key of its own, so a line stands for it that keeps the configuration from loading. */
function withDecision(allow: Writable | undefined): readonly Writable[] {
  const codes = Array.isArray(allow) ? (allow as readonly Writable[]) : [];
  return [...codes, new Open('nothing: remove this line when what REPORT.md says about this policy is decided')];
}
