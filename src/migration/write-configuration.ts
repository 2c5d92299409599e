/**
 * @module
 * Writes `mintproc.yaml` of a migration.
 */
import { placeText } from '../diagnostics/source-text.ts';
import { Open } from '../dialects/exported.ts';
import { commentedYaml, Noted, type Written } from '../documents/commented-yaml.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { written } from './open-values.ts';
import type { MigratedRoute } from './routes.ts';

const mark = 'Written by `mintproc import`';

/** Whether a `mintproc.yaml` was written by an import: the policies beside it are copies. */
export function isImported(text: string): boolean {
  return text.startsWith(`# ${mark}`);
}

const heading = [
  `${mark}: REPORT.md says what it is made of, and what is left to do.`,
  'Check it with: mintproc validate mintproc.yaml',
].join('\n');

const nothing = new Open('Write an entry of your own: no policy of the export can run here, as REPORT.md says.');

export function configurationText({ policies, routes, listen }: Migration): string {
  const entries = policies.flatMap(entryOf);
  return commentedYaml(heading, [
    {
      ...(listen === undefined ? {} : { listen: new Noted('Envoy reaches mintproc here.', listen) }),
      unmatched: new Noted('A request that no route matches is refused.', 'deny'),
      policies: entries.length === 0 ? written(nothing) : entries,
      ...(entries.length === 0 ? {} : { routes: routes.map(routeOf) }),
    },
  ]);
}

function entryOf({ api, policy, entry }: MigratedPolicy): readonly Written[] {
  if (entry === undefined) return [];
  const origin = `${policy.name} of ${api}: ${placeText(policy.place)}`;
  return [new Noted(origin, { name: entry.name, ...mapOf(entry.settings) })];
}

function routeOf({ name, places, match, policies }: MigratedRoute): Written {
  const destination = policies.length === 0 ? { deny: true } : { policies: written(policies) };
  return new Noted(places.map(placeText).join('\n'), {
    ...(name === undefined ? {} : { name }),
    match: written(match),
    ...destination,
  });
}

function mapOf(settings: NonNullable<MigratedPolicy['entry']>['settings']): { readonly [key: string]: Written } {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, written(value)]));
}
