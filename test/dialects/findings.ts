/**
 * @module
 * What `validate --notes` says of the conformance policies, as the text of `test/conformance/findings.yaml`: for each
 * file the warnings with the names of their cases, and how often there is each note. A rule that begins to speak where
 * nobody erred shows there as a difference.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { checkPolicyFile } from '../../src/configuration/single-policy.ts';
import { type Problem, Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../src/dialects/index.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { loadConfiguration } from '../configuration/loading.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import * as apigee from './apigee/conformance-case.ts';
import * as datapower from './datapower/conformance-case.ts';

export const findingsFile = new URL('../conformance/findings.yaml', import.meta.url);

/** The problems of one case, by the suite's folder. */
const suites = {
  apigee: (example: unknown) => problemsOf(apigee.filesOf(example as apigee.Case), apigee.environment),
  datapower: (example: unknown) => problemsOf(datapower.filesOf(example as datapower.Case), {}),
  flex: (example: unknown) => problemsAlone((example as { readonly policy?: string }).policy),
} as const;

function problemsOf(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>) {
  return loadConfiguration('mintproc.yaml', { files: memoryFiles(files), environment }).problems;
}

/** The other suites of Flex make their policies of the cases, and check their problems themselves. */
function problemsAlone(policy: string | undefined): readonly Problem[] {
  if (policy === undefined) return [];
  const problems = new Problems();
  const source = SourceText.ofFile('policy.yaml', policy);
  const file = finish(readPolicyFile(new DocumentFile(source), {}, problems));
  if (file !== undefined) checkPolicyFile(file, source, problems);
  return problems.all;
}

interface Findings {
  /** The names of the cases by code. */
  readonly warnings?: Readonly<Record<string, readonly string[]>>;
  /** How many there are, by code; warnings that a case allows are notes. */
  readonly notes?: Readonly<Record<string, number>>;
}

/** Sorted, so that only what is said changes the text. */
export function findingsText(): string {
  const files = Object.entries(suites).flatMap(([suite, problemsIn]) => {
    const folder = new URL(`../conformance/${suite}/`, import.meta.url);
    const names = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort();
    return names.map((name) => [`${suite}/${name}`, findingsIn(new URL(name, folder), problemsIn)] as const);
  });
  const said = files.filter(([, findings]) => Object.keys(findings).length > 0);
  return `${head}${stringify(Object.fromEntries(said), { lineWidth: 0 })}`;
}

const head = `# What validate says of the policies in these files, errors aside: warnings with their cases, and numbers of notes.
# Written by \`npm run findings\`. Read what changes: would the policy's author agree?
`;

function findingsIn(file: URL, problemsIn: (example: unknown) => readonly Problem[]): Findings {
  const cases = parse(readFileSync(file, 'utf8')) as readonly { readonly name: string }[];
  const found = cases.flatMap((example) => problemsIn(example).map((problem) => ({ ...problem, name: example.name })));
  const namesOf = (wanted: Problem['severity']): [string, string[]][] => {
    const some = found.filter(({ severity }) => severity === wanted);
    const codes = [...new Set(some.map(({ code }) => code))].sort();
    return codes.map((code) => [code, some.filter((one) => one.code === code).map(({ name }) => name)]);
  };
  const warnings = namesOf('warning');
  const notes = namesOf('note').map(([code, names]) => [code, names.length] as const);
  return {
    ...(warnings.length === 0 ? {} : { warnings: Object.fromEntries(warnings) }),
    ...(notes.length === 0 ? {} : { notes: Object.fromEntries(notes) }),
  };
}
