/**
 * @module
 * Writes `REPORT.md`: what became of each policy of the export, and what is left to do.
 */
import type { Problem } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { type ExportedSetter, Open, type Reason, type Writable } from '../dialects/exported.ts';
import { markdownCode, markdownSentence, markdownTable, markdownText } from '../documents/write-markdown.ts';
import { yamlFlow } from '../documents/write-yaml.ts';
import type { ProxyPart } from './gen-command.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { opensAt, type PlacedOpen, plainFillIns } from './open-values.ts';
import type { MigratedRoute } from './routes.ts';
import { stepsToTake } from './steps-to-take.ts';
import { countsOf, verdicts } from './verdicts.ts';

export function reportText(migration: Migration, proxy: ProxyPart): string {
  const { policies } = migration;
  const lines = [
    '# Import report',
    '',
    countsOf(policies),
    '',
    ...markdownTable(['Policy', 'API', 'Verdict', 'Header', 'Left to do'], policies.map(summaryRow(migration))),
    '',
    ...stepsToTake(migration, proxy),
    '',
    '*Exact*: with its keys, the policy makes the token that the gateway made, for the same requests.',
    '*Needs these values*: somebody must decide or look up a value; `mintproc.yaml` does not load before.',
    '*Cannot run here*: the policy is not in `mintproc.yaml`, and requests that no other route matches are refused.',
    'The names of files begin at the path that the import was given.',
    ...refusedLines(migration),
    ...policies.flatMap((policy) => ['', ...policyLines(policy, migration)]),
    ...knowledgeLines(policies),
  ];
  return `${lines.join('\n')}\n`;
}

function summaryRow(migration: Migration): (policy: MigratedPolicy) => readonly string[] {
  return (migrated) => {
    const { api, policy, verdict } = migrated;
    return [
      markdownText(policy.name),
      markdownText(api),
      verdicts[verdict],
      policy.output === undefined ? '' : shown(policy.output.header),
      leftToDo(migrated, migration),
    ];
  };
}

/** `2 values, 1 key`. */
function leftToDo({ verdict, entry, reasons }: MigratedPolicy, { keys }: Migration): string {
  if (entry === undefined) return 'decide what becomes of its requests';
  const values = verdict === 'needs-values' ? reasons.filter(({ kind }) => kind === 'value').length : 0;
  const own = keys.filter(({ entries }) => entries.includes(entry.name)).length;
  const parts = [[values, 'value'] as const, [own, 'key'] as const].flatMap(([count, noun]) =>
    count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`],
  );
  return parts.join(', ');
}

/** Requests that get no token here although they got one on the gateway, and reach a route of another policy. */
function refusedLines({ routes }: Migration): readonly string[] {
  const refused = routes.filter(({ policies }) => policies.length === 0);
  if (refused.length === 0) return [];
  return [
    '',
    '## Refused requests',
    '',
    'Without these routes, requests that got another token on the gateway, or none, would get one of a wider route. They',
    'are refused (`deny: true`). If they may go on without a token, give them a way past mintproc in Envoy.',
    '',
    ...refused.map(
      ({ match, places }) => `- ${shown(match)} (${places.map((place) => markdownCode(placeText(place))).join(', ')})`,
    ),
  ];
}

function policyLines(migrated: MigratedPolicy, { routes, keys, tests }: Migration): readonly string[] {
  const { api, policy, verdict, entry, reasons } = migrated;
  const own = entry === undefined ? [] : keys.filter(({ entries }) => entries.includes(entry.name));
  return [
    `## ${markdownText(policy.name)} of ${markdownText(api)}: ${verdicts[verdict]}`,
    '',
    `- Policy: ${markdownCode(placeText(policy.place))}, ${policy.dialect}`,
    ...(entry === undefined
      ? []
      : [`- Entry in \`mintproc.yaml\`: ${markdownCode(entry.name)}, with ${shown(entry.settings['file'] ?? '')}`]),
    ...(policy.output === undefined
      ? []
      : [`- Token: header ${shown(policy.output.header)}, prefix ${prefixText(policy.output.prefix)}`]),
    ...routes
      .filter(({ of }) => of.includes(policy))
      .map(
        ({ match, places }) =>
          `- Route: ${shown(match)} (${places.map((place) => markdownCode(placeText(place))).join(', ')})`,
      ),
    ...tests.flatMap(({ entry: tested, file, recorded }) =>
      tested === entry?.name
        ? [`- Test: ${markdownCode(file)}, with the gateway's token in ${markdownCode(recorded)} beside it`]
        : [],
    ),
    ...own.map(({ file, origin }) => `- Key: ${markdownCode(file)}: ${markdownSentence(origin)}`),
    ...section('What is in the way', reasons, 'cannot'),
    ...decisionLines(migrated, routes),
    ...variableLines(migrated),
  ];
}

function section(title: string, reasons: readonly Reason[], wanted: Reason['kind']): readonly string[] {
  const found = reasons.filter(({ kind }) => kind === wanted);
  if (found.length === 0) return [];
  return ['', `### ${title}`, '', ...found.map(({ problem }) => problemLine(problem))];
}

/** What to decide, then the places in `mintproc.yaml` that keep it from loading. What these say is not said before. */
function decisionLines(migrated: MigratedPolicy, routes: readonly MigratedRoute[]): readonly string[] {
  const opens = opensOf(migrated, routes);
  const isSaid = (text = ''): boolean => opens.some(({ open }) => text.startsWith(open.instead));
  const decisions = migrated.reasons
    .filter(({ kind, problem }) => kind === 'value' && !(isOwnCode(problem) && isSaid(problem.suggestion)))
    .map(({ problem }) => problemLine(isSaid(problem.suggestion) ? withoutSuggestion(problem) : problem));
  const lines = opens.flatMap(({ path, open, where }) => [
    `- ${markdownCode(path.join('.'))} in ${where}: ${markdownSentence(open.instead)}`,
    ...open.facts.map((fact) => `  - ${markdownSentence(fact)}`),
  ]);
  return [
    ...(decisions.length === 0 ? [] : ['', '### What to decide', '', ...decisions]),
    ...(lines.length === 0 ? [] : ['', '### What to fill in', '', ...lines]),
  ];
}

/** The import itself says only which value is open. */
function isOwnCode({ code }: Problem): boolean {
  return code === 'import.open-value' || code === 'import.shared-requests';
}

function withoutSuggestion({ suggestion: _, ...problem }: Problem): Problem {
  return problem;
}

interface OpenValue extends PlacedOpen {
  readonly where: string;
}

function opensOf({ entry, policy }: MigratedPolicy, routes: readonly MigratedRoute[]): readonly OpenValue[] {
  const own = opensAt(entry?.settings ?? {}, []).map((one) => ({ ...one, where: 'its entry' }));
  const shared = routes
    .filter(({ of }) => of.includes(policy))
    .flatMap((route) =>
      opensAt({ match: route.match, policies: route.policies }, []).map((one) => ({ ...one, where: 'its route' })),
    );
  return [...own, ...shared];
}

/** What is worth knowing, once each: many policies of an export have the same. */
function knowledgeLines(policies: readonly MigratedPolicy[]): readonly string[] {
  const notes = policies.flatMap(({ policy, reasons }) =>
    reasons.flatMap(({ kind, problem }) => (kind === 'note' ? [{ problem, policy: policy.name }] : [])),
  );
  if (notes.length === 0) return [];
  const grouped = Map.groupBy(notes, ({ problem }) => `${sentences(problem)} (\`${problem.code}\`)`);
  const lines = Array.from(grouped, ([text, group]) => {
    const places = [...new Set(group.map(({ problem }) => markdownCode(placeText(problem.place))))];
    const names = [...new Set(group.map(({ policy }) => markdownText(policy)))];
    return `- ${names.join(', ')}: ${text} ${places.join(', ')}`;
  });
  return ['', '## Worth knowing', '', ...lines];
}

function problemLine(problem: Problem): string {
  return `- ${markdownCode(placeText(problem.place))}: ${sentences(problem)} (\`${problem.code}\`)`;
}

function sentences({ message, suggestion }: Problem): string {
  return [message, ...(suggestion === undefined ? [] : [suggestion])].map(markdownSentence).join(' ');
}

function variableLines({ policy: { variables } }: MigratedPolicy): readonly string[] {
  const rows = variables.map(({ name, verdict, declaration, setters }) => [
    markdownCode(name),
    verdict,
    declaration instanceof Open ? markdownSentence(declaration.instead) : shown(declaration),
    setters.map(setterText).join('; '),
  ]);
  if (rows.length === 0) return [];
  return ['', '### Variables', '', ...markdownTable(['Variable', 'Verdict', 'Declared as', 'Set by'], rows)];
}

function setterText({ kind, file, flow, condition }: ExportedSetter): string {
  const where = flow === undefined ? 'no flow runs it' : markdownText(flow);
  const when = condition === undefined ? '' : `, when ${markdownCode(condition)}`;
  return `${markdownText(kind)} ${markdownCode(file)} (${where}${when})`;
}

/** In quotes: it may end with a blank. */
function prefixText(prefix: string | Open): string {
  return typeof prefix === 'string' ? markdownCode(JSON.stringify(prefix)) : shown(prefix);
}

function shown(value: Writable): string {
  const plain = plainFillIns(value);
  return markdownCode(typeof plain === 'string' ? plain : yamlFlow(plain));
}
