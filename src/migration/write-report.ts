/**
 * @module
 * Writes `REPORT.md`: what became of each policy of the export, and what is left to do.
 */
import { placeText } from '../diagnostics/source-text.ts';
import { type ExportedSetter, Open, type Reason, type Writable } from '../dialects/exported.ts';
import { markdownCode, markdownSentence, markdownTable, markdownText } from '../documents/write-markdown.ts';
import { yamlFlow } from '../documents/write-yaml.ts';
import type { MigratedPolicy, Migration, Verdict } from './migration.ts';
import { opensAt, plainFillIns } from './open-values.ts';
import type { MigratedRoute } from './routes.ts';
import { type ProxyPart, stepsToTake } from './steps-to-take.ts';

const verdicts: Readonly<Record<Verdict, string>> = {
  exact: 'exact',
  'needs-values': 'needs these values',
  cannot: 'cannot run here',
};

export function reportText(migration: Migration, proxy: ProxyPart): string {
  const { policies } = migration;
  const lines = [
    '# Import report',
    '',
    ...summary(policies),
    '',
    ...markdownTable(['API', 'Policy', 'Verdict', 'Entry', 'Header'], policies.map(summaryRow)),
    '',
    '*Exact*: with its keys in place, the policy makes the token that the gateway made, for the same requests. *Needs',
    'these values*: somebody must decide or look up a value; `mintproc.yaml` does not load before. *Cannot run here*: the',
    'policy is not in `mintproc.yaml`, and requests that no other route matches are refused.',
    '',
    ...stepsToTake(migration, proxy),
    ...refusedLines(migration),
    ...policies.flatMap((policy) => ['', ...policyLines(policy, migration)]),
  ];
  return `${lines.join('\n')}\n`;
}

function summary(policies: readonly MigratedPolicy[]): readonly string[] {
  const count = (wanted: Verdict) => policies.filter(({ verdict }) => verdict === wanted).length;
  const parts = Object.entries(verdicts).map(([verdict, text]) => `${count(verdict as Verdict)} ${text}`);
  return [`${policies.length === 1 ? 'One policy' : `${policies.length} policies`}: ${parts.join(', ')}.`];
}

function summaryRow({ api, policy, verdict, entry }: MigratedPolicy): readonly string[] {
  return [
    markdownText(api),
    markdownText(policy.name),
    verdicts[verdict],
    entry === undefined ? '' : markdownCode(entry.name),
    policy.output === undefined ? '' : shown(policy.output.header),
  ];
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

function policyLines(migrated: MigratedPolicy, { routes, keys }: Migration): readonly string[] {
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
    ...own.map(({ file, origin }) => `- Key: ${markdownCode(file)}: ${markdownSentence(origin)}`),
    ...section('What is in the way', reasons, 'cannot'),
    ...section('What to decide', reasons, 'value'),
    ...openLines(migrated, routes),
    ...section('Worth knowing', reasons, 'note'),
    ...variableLines(migrated),
  ];
}

function section(title: string, reasons: readonly Reason[], wanted: Reason['kind']): readonly string[] {
  const found = reasons.filter(({ kind }) => kind === wanted);
  if (found.length === 0) return [];
  return ['', `### ${title}`, '', ...found.map(reasonLine)];
}

/** The places in `mintproc.yaml` that keep it from loading. */
function openLines({ entry, policy }: MigratedPolicy, routes: readonly MigratedRoute[]): readonly string[] {
  const own = opensAt(entry?.settings ?? {}, []).map((one) => ({ ...one, where: 'its entry' }));
  const shared = routes
    .filter(({ of }) => of.includes(policy))
    .flatMap((route) =>
      opensAt({ match: route.match, policies: route.policies }, []).map((one) => ({ ...one, where: 'its route' })),
    );
  const lines = [...own, ...shared].flatMap(({ path, open, where }) => [
    `- ${markdownCode(path.join('.'))} in ${where}: ${markdownSentence(open.instead)}`,
    ...open.facts.map((fact) => `  - ${markdownSentence(fact)}`),
  ]);
  return lines.length === 0 ? [] : ['', '### What to fill in', '', ...lines];
}

function reasonLine({ problem: { code, message, suggestion, place } }: Reason): string {
  const text = [message, ...(suggestion === undefined ? [] : [suggestion])].map(markdownSentence).join(' ');
  return `- ${markdownCode(placeText(place))}: ${text} (\`${code}\`)`;
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
