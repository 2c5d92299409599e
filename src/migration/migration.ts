/**
 * @module
 * Decides what a configuration has of an export: entries with names of their own, routes in an order in which each
 * request gets the policies that ran for it on the gateway, and the keys to provide.
 */
import type { Code } from '../diagnostics/codes.ts';
import { type ExportedApi, type ExportedPolicy, Open, type Reason, type Writable } from '../dialects/exported.ts';
import { settingsOf } from './entry-settings.ts';
import { openReason, unreachedNote } from './findings.ts';
import { type KeyFile, KeyFiles } from './key-files.ts';
import { opensAt } from './open-values.ts';
import { PlainNames } from './plain-names.ts';
import { PolicyFiles } from './policy-files.ts';
import { type MigratedRoute, type NamedApi, routesOf } from './routes.ts';
import { type TokenTest, tokenTests } from './token-tests.ts';

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
  /** Where mintproc listens; undefined for the default. */
  readonly listen?: string;
  readonly policies: readonly MigratedPolicy[];
  readonly routes: readonly MigratedRoute[];
  /** For the policies that a request can get. */
  readonly tests: readonly TokenTest[];
  readonly keys: readonly KeyFile[];
  /** The vendor's files by their new paths. */
  readonly copies: ReadonlyMap<string, Uint8Array>;
}

export function migrationOf(apis: readonly ExportedApi[]): Migration {
  const files = new PolicyFiles();
  const keys = new KeyFiles();
  const named = withNames(apis);
  const { routes, unreachable } = routesOf(named);
  const routesFor = routesByPolicy(routes);
  const meantIn = meantByFile(named);
  const policies = named.flatMap(({ api, policies: own }, index) =>
    own.map(({ policy, name }): MigratedPolicy => {
      if (name === undefined) {
        return { api: api.name, policy, verdict: 'cannot', reasons: policy.reasons, entry: undefined };
      }
      const settings = settingsOf(policy, {
        file: files.pathOf(policy.file, api.name),
        meant: meantIn.get(policy.file.path) ?? new Set(),
        keyFileFor(key) {
          const keyFile = keys.fileFor(key, { index, name: api.name });
          keyFile.entries.push(name);
          return keyFile;
        },
      });
      return {
        api: api.name,
        policy,
        ...judged(
          policy,
          settings,
          routesFor.get(policy) ?? [],
          name,
          (unreachable.get(policy) ?? []).map(unreachedNote),
        ),
      };
    }),
  );
  return { policies, ...tokenTests(policies, routes), keys: keys.all, copies: files.copies };
}

/** A warning about a file is allowed only if every entry that uses the file allows it. */
function meantByFile(apis: readonly NamedApi[]): ReadonlyMap<string, ReadonlySet<Code>> {
  const running = apis.flatMap(({ policies }) => policies.filter(({ name }) => name !== undefined));
  const byFile = Map.groupBy(running, ({ policy }) => policy.file.path);
  return new Map(
    Array.from(byFile, ([path, sharing]) => [path, new Set(sharing.flatMap(({ policy }) => policy.meant))] as const),
  );
}

function routesByPolicy(routes: readonly MigratedRoute[]): ReadonlyMap<ExportedPolicy, readonly MigratedRoute[]> {
  const found = new Map<ExportedPolicy, MigratedRoute[]>();
  for (const route of routes) {
    for (const policy of route.of) found.set(policy, [...(found.get(policy) ?? []), route]);
  }
  return found;
}

function withNames(apis: readonly ExportedApi[]): readonly NamedApi[] {
  const names = new PlainNames();
  return apis.map((api) => ({
    api,
    policies: api.policies.map((policy) => {
      const isPossible = !policy.reasons.some(({ kind }) => kind === 'cannot');
      const name = isPossible ? names.take([policy.name, `${api.name}-${policy.name}`]) : undefined;
      return { policy, name };
    }),
  }));
}

/** A value that is open is a reason, and a reason to decide something leaves a value open. */
function judged(
  policy: ExportedPolicy,
  settings: MigratedEntry['settings'],
  routes: readonly MigratedRoute[],
  name: string,
  notes: readonly Reason[],
): Pick<MigratedPolicy, 'verdict' | 'reasons' | 'entry'> {
  const isDecision = ({ kind }: Reason): boolean => kind === 'value';
  const shared = routes.flatMap(({ policies, places: [place = policy.place] }) =>
    opensAt({ policies }, []).map((open) => openReason('import.shared-requests', open, 'route', place)),
  );
  const inEntry = opensAt(settings, []).map((open) => openReason('import.open-value', open, 'entry', policy.place));
  const inRoutes = routes.flatMap(({ match, places: [place = policy.place] }) =>
    opensAt({ match }, []).map((open) => openReason('import.open-value', open, 'route', place)),
  );
  const opens = [...inEntry, ...inRoutes];
  // The reader of the export may have said it in other words.
  const own = policy.reasons.some(isDecision) ? [] : opens;
  const reasons = [...policy.reasons, ...own, ...shared, ...notes];
  if (!reasons.some(isDecision)) return { verdict: 'exact', reasons, entry: { name, settings } };
  const isShown = opens.length + shared.length > 0;
  const entry = { name, settings: isShown ? settings : { ...settings, allow: withDecision(settings['allow']) } };
  return { verdict: 'needs-values', reasons, entry };
}

/** What must be decided has no key of its own, so a line stands for it that keeps the configuration from loading. */
function withDecision(allow: Writable | undefined): readonly Writable[] {
  const codes = Array.isArray(allow) ? (allow as readonly Writable[]) : [];
  return [...codes, new Open('Remove this line when you have decided what REPORT.md says about this policy.')];
}
