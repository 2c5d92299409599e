/**
 * @module
 * What `validate --notes` says of the conformance policies, as the texts of two files. `findings.yaml` has for each file
 * the warnings with the names of their cases, and how often there is each note: a rule that begins to speak where
 * nobody erred shows there as a difference. `messages.yaml` has every sentence that is said, errors among them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { checkPolicyFile } from '../../src/configuration/single-policy.ts';
import { type Problem, Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../src/dialects/index.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import * as apigee from './apigee/conformance-case.ts';
import * as datapower from './datapower/conformance-case.ts';
import { cases as flexCases } from './flex/problem-cases.ts';

const files = { findings: fileOf('findings.yaml'), messages: fileOf('messages.yaml') } as const;

function fileOf(name: string): URL {
  return new URL(`../conformance/${name}`, import.meta.url);
}

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

/** A file with the text that it should have. */
export interface RecordedText {
  readonly file: URL;
  readonly text: string;
}

export function recordedTexts(): readonly RecordedText[] {
  const found = Object.entries(suites).flatMap(([suite, problemsIn]) => {
    const folder = new URL(`../conformance/${suite}/`, import.meta.url);
    const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    return names.sort().map((name) => [`${suite}/${name}`, foundIn(new URL(name, folder), problemsIn)] as const);
  });
  const others = flexCases.flatMap(([, text]) => problemsAlone(text));
  return [
    { file: files.findings, text: findingsText(found) },
    { file: files.messages, text: messagesText([...found.flatMap(([, problems]) => problems), ...others]) },
  ];
}

interface Found extends Problem {
  /** Of the case. */
  readonly name: string;
}

function foundIn(file: URL, problemsIn: (example: unknown) => readonly Problem[]): readonly Found[] {
  const cases = parse(readFileSync(file, 'utf8')) as readonly { readonly name: string }[];
  return cases.flatMap((example) => problemsIn(example).map((problem) => ({ ...problem, name: example.name })));
}

/** Sorted, so that only what is said changes the text. */
function findingsText(found: readonly (readonly [file: string, problems: readonly Found[]])[]): string {
  const said = found.map(([file, problems]) => [file, findingsOf(problems)] as const);
  const some = said.filter(([, findings]) => Object.keys(findings).length > 0);
  return `${findingsHead}${stringify(Object.fromEntries(some), { lineWidth: 0 })}`;
}

const findingsHead = `# What validate says of the policies in these files, errors aside: warnings with their cases, and numbers of notes.
# Written by \`npm run findings\`. Read what changes: would the policy's author agree?
`;

function findingsOf(found: readonly Found[]): Findings {
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

const messagesHead = `# The messages of each code in these policies, each with its suggestion after the arrow.
# Written by \`npm run findings\`. Read what changes: would the policy's author know what to do?
`;

function messagesText(problems: readonly Problem[]): string {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const said = codes.map((code) => {
    const own = problems.filter((one) => one.code === code);
    const texts = own.map(({ message, suggestion }) =>
      suggestion === undefined ? message : `${message} → ${suggestion}`,
    );
    return [code, [...new Set(texts)].sort()];
  });
  return `${messagesHead}${stringify(Object.fromEntries(said), { lineWidth: 0 })}`;
}
