/**
 * @module
 * Reads the policies of Flex Gateway in an export: folders of local mode, and the JSON of API Manager.
 */
import { calledFile, isPlainName, nameOr } from '../../../diagnostics/harmless.ts';
import { type ExportedApi, type ExportedPolicy, type ExportFile, Open, type Reason, type Writable } from '../../exported.ts';
import { mentionsPolicy } from '../policy-name.ts';
import { type AppliedPolicy, readDocuments, type UnreadableFile } from './documents.ts';
import { exportedPolicy } from './exported-policy.ts';
import { reason } from './findings.ts';
import { type Instance, readInstances } from './instances.ts';
import { Neighbours, orderOf } from './neighbours.ts';
import { RouteFinder } from './routes.ts';
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
  const routes = new RouteFinder(instances);
  const secrets = new Map(
    read.resources.flatMap((one) => (one.kind === 'Secret' ? [[one.name ?? '', one] as const] : [])),
  );
  const ordered = bound.filter(([{ number }]) => number !== undefined).sort(([a], [b]) => orderOf(a) - orderOf(b));
  const groups = groupsOf(ordered.map(([, targets]) => targets));
  const apis = new Map<object, NamedPolicy[]>();
  const allowed = new AllowedWarnings();
  for (const [policy, targets] of ordered) {
    const exported = exportedPolicy(policy, {
      secrets,
      routes,
      targets,
      neighbours: neighbours.of(policy, targets),
      select: selections.get(policy),
    });
    const made = unreadable.length === 0 ? exported : withUnreadable(exported, unreadable);
    allowed.note(made);
    const group = groups.get(targets) ?? targets;
    const known = apis.get(group) ?? [];
    known.push({ made, targets });
    apis.set(group, known);
  }
  return [
    ...Array.from(apis.values(), (policies) => apiOf(policies, allowed)),
    ...unreadable.map((one) => ({ name: one.file.name, policies: [unreadablePolicy(one)] })),
  ];
}

/** What an unreadable file has may be for the requests of any policy. */
function withUnreadable(policy: ExportedPolicy, files: readonly UnreadableFile[]): ExportedPolicy {
  if (policy.reasons.some(({ kind }) => kind === 'cannot')) return policy;
  const reasons = files.map(({ file }): Reason => {
    const message = `${calledFile('The file', file.name)} cannot be read, and it may have other policies for these requests.`;
    const place = { file: file.path, line: 1, column: 1 };
    return reason('value', 'import.incomplete', place, { message, suggestion: mendIt });
  });
  const facts = reasons.map(({ problem }) => problem.message);
  const allow = [...listOf(policy.entry['allow']), new Open(mendIt, facts)];
  return { ...policy, reasons: [...policy.reasons, ...reasons], entry: { ...policy.entry, allow } };
}

const mendIt = 'Mend the file and import again, or remove this line if nothing in it is for these requests.';

interface NamedPolicy {
  readonly made: ExportedPolicy;
  readonly targets: Targets;
}

function instancesOf(targets: Targets): readonly Instance[] {
  return targets.kind === 'unknown' ? [] : targets.targets.map(({ instance }) => instance);
}

/**
 * Policies whose requests may be the same belong to one API of the model: two APIs with a policy in common are one.
 *
 * @returns a value that the targets of one group share
 */
function groupsOf(all: readonly Targets[]): ReadonlyMap<Targets, object> {
  const leaders = new Map<object, object>();
  const leaderOf = (one: object): object => {
    let leader = one;
    for (let next = leaders.get(leader); next !== undefined; next = leaders.get(leader)) leader = next;
    return leader;
  };
  for (const targets of all) {
    for (const instance of instancesOf(targets)) {
      const [from, to] = [leaderOf(instance), leaderOf(targets)];
      if (from !== to) leaders.set(from, to);
    }
  }
  return new Map(all.map((targets) => [targets, leaderOf(targets)]));
}

function apiOf(policies: readonly NamedPolicy[], allowed: AllowedWarnings): ExportedApi {
  const instances = new Set(policies.flatMap(({ targets }) => instancesOf(targets)));
  const names = [...new Set(Array.from(instances, ({ name }) => name ?? '').filter(isPlainName))];
  const [first] = policies;
  const name = names.length === 0 || names.length > maxNames ? first?.made.name : names.join(', ');
  return { name: name ?? 'api', policies: policies.map(({ made }) => allowed.withAll(made)) };
}

/** A warning of a policy file must be allowed by every entry that has a policy of the file. */
class AllowedWarnings {
  readonly #codes = new Map<ExportFile, Set<Writable>>();

  note({ file, entry }: ExportedPolicy): void {
    const known = this.#codes.get(file) ?? new Set();
    for (const code of listOf(entry['allow'])) if (typeof code === 'string') known.add(code);
    this.#codes.set(file, known);
  }

  withAll(policy: ExportedPolicy): ExportedPolicy {
    const allow = [...new Set([...(this.#codes.get(policy.file) ?? []), ...listOf(policy.entry['allow'])])];
    return allow.length === 0 ? policy : { ...policy, entry: { ...policy.entry, allow } };
  }
}

function listOf(value: Writable | undefined): readonly Writable[] {
  return Array.isArray(value) ? value : [];
}

/** In the name of APIs that share policies. */
const maxNames = 4;

/** A name that only this policy of its file has, or its number. */
function selectionsOf(policies: readonly AppliedPolicy[]): ReadonlyMap<AppliedPolicy, string | number> {
  const byFile = Map.groupBy(policies, (policy) => policy.in.file);
  const selections = new Map<AppliedPolicy, string | number>();
  for (const inFile of byFile.values()) {
    if (inFile.length === 1) continue;
    const counts = new Map<string, number>();
    for (const { carried } of inFile)
      for (const one of new Set(carried.names)) counts.set(one, (counts.get(one) ?? 0) + 1);
    for (const policy of inFile) {
      const isOwn = (one: string): boolean => isPlainName(one) && !/^\d+$/.test(one) && counts.get(one) === 1;
      const name = policy.carried.names.findLast(isOwn);
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
