/**
 * @module
 * Reads the policies of Flex Gateway in an export: folders of local mode, and the JSON of API Manager.
 */
import { isPlainName, nameOr } from '../../../diagnostics/harmless.ts';
import type { ExportedApi, ExportedPolicy, ExportFile } from '../../exported.ts';
import { mentionsPolicy } from '../policy-name.ts';
import { type AppliedPolicy, readDocuments, type UnreadableFile } from './documents.ts';
import { exportedPolicy } from './exported-policy.ts';
import { readInstances } from './instances.ts';
import { Neighbours, orderOf } from './neighbours.ts';
import { TargetFinder, type Targets } from './targets.ts';

/** Nothing if the export has no policy that mints tokens. */
export function readFlexExport(files: readonly ExportFile[]): readonly ExportedApi[] {
  const read = readDocuments(files);
  const own = read.policies.filter(({ number }) => number !== undefined);
  const unreadable = read.unreadable.filter(({ file }) => own.length > 0 || mentionsPolicy(file.text));
  const instances = readInstances(read);
  const finder = new TargetFinder(instances, read.resources);
  const bound = read.policies.map((policy) => [policy, finder.find(policy)] as const);
  const neighbours = new Neighbours(bound);
  const selections = selectionsOf(own);
  const apis = new Map<string, ExportedPolicy[]>();
  const ordered = bound.filter(([{ number }]) => number !== undefined).sort(([a], [b]) => orderOf(a) - orderOf(b));
  for (const [policy, targets] of ordered) {
    const made = exportedPolicy(policy, {
      resources: read.resources,
      instances,
      targets,
      neighbours: neighbours.of(policy, targets),
      select: selections.get(policy),
    });
    const name = apiName(targets) ?? made.name;
    apis.set(name, [...(apis.get(name) ?? []), made]);
  }
  return [
    ...Array.from(apis, ([name, policies]) => ({ name, policies })),
    ...unreadable.map((one) => ({ name: one.file.name, policies: [unreadablePolicy(one)] })),
  ];
}

/** The API, if the policy applies to one. */
function apiName(targets: Targets): string | undefined {
  if (targets.kind === 'unknown') return undefined;
  const instances = new Set(targets.targets.map(({ instance }) => instance));
  const [only] = instances;
  return instances.size === 1 && only?.name !== undefined ? nameOr(only.name, 'api') : undefined;
}

/** A name that only this policy of its file has, or its number. */
function selectionsOf(policies: readonly AppliedPolicy[]): ReadonlyMap<AppliedPolicy, string | number> {
  const byFile = Map.groupBy(policies, (policy) => policy.in.file);
  const selections = new Map<AppliedPolicy, string | number>();
  for (const inFile of byFile.values()) {
    if (inFile.length === 1) continue;
    for (const policy of inFile) {
      const others = new Set(inFile.filter((one) => one !== policy).flatMap(({ carried }) => carried.names));
      const name = policy.carried.names.findLast((one) => isPlainName(one) && !/^\d+$/.test(one) && !others.has(one));
      selections.set(policy, name ?? policy.number ?? 1);
    }
  }
  return selections;
}

function unreadablePolicy({ file, problems }: UnreadableFile): ExportedPolicy {
  const reasons = problems.all.map((problem) => ({ kind: 'cannot', problem }) as const);
  const [first] = reasons;
  return {
    file,
    place: first?.problem.place ?? { file: file.path, line: 1, column: 1 },
    name: nameOr(file.name.replace(/^.*\//, ''), 'file'),
    dialect: 'flex',
    select: undefined,
    reasons,
    routes: [],
    output: undefined,
    entry: {},
    variables: [],
    keys: [],
  };
}
