/**
 * @module
 * Writes `mintproc.yaml` of a migration.
 */
import { placeText } from '../diagnostics/source-text.ts';
import { Commented, writeYaml, type YamlValue } from '../documents/commented-yaml.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { withFillIns } from './open-values.ts';
import type { MigratedRoute } from './routes.ts';

const head = [
  'Written by `mintproc import`. REPORT.md says what it is made of, and what is left to do.',
  'Check it with: mintproc validate mintproc.yaml',
];

export function configurationText({ policies, routes }: Migration): string {
  const entries = policies.flatMap(entryOf);
  if (entries.length === 0) return writeYaml({ unmatched: new Commented(head, 'deny') });
  return writeYaml({
    unmatched: new Commented([...head, '', 'A request that no route matches is refused.'], 'deny'),
    policies: entries,
    routes: routes.map(routeOf),
  });
}

function entryOf({ api, policy, entry }: MigratedPolicy): readonly YamlValue[] {
  if (entry === undefined) return [];
  const settings = withFillIns(entry.settings) as { readonly [key: string]: YamlValue };
  return [new Commented([`${policy.name} of ${api}: ${placeText(policy.place)}`], { name: entry.name, ...settings })];
}

function routeOf({ places, match, policies }: MigratedRoute): YamlValue {
  const destination = policies.length === 0 ? { deny: true } : { policies: policies.map(withFillIns) };
  return new Commented(places.map(placeText), { match: withFillIns(match), ...destination });
}
