/**
 * @module
 * What `validate --notes` says of the conformance policies, as the texts of two files. `findings.yaml` has for each file
 * the warnings with the names of their cases, and how often there is each note: a rule that begins to speak where
 * nobody erred shows there as a difference. `messages.yaml` has every sentence that is said, errors among them, and why
 * requests get no token.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { checkPolicyFile } from '../../src/configuration/single-policy.ts';
import { type Problem, Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../src/dialects/index.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import type { MintRecord } from '../../src/mint/mint-record.ts';
import * as apigee from './apigee/conformance-case.ts';
import * as datapower from './datapower/conformance-case.ts';
import { cases as flexCases } from './flex/problem-cases.ts';

const files = { findings: fileOf('findings.yaml'), messages: fileOf('messages.yaml') } as const;

function fileOf(name: string): URL {
  return new URL(`../conformance/${name}`, import.meta.url);
}

/** What is said of one case. */
interface Said {
  readonly problems: readonly Problem[];
  /** Why its request gets no token, as the log has it. */
  readonly refusals: readonly MintRecord[];
}

/** By the suite's folder. */
const suites: Readonly<Record<string, (example: unknown) => Said>> = {
  apigee: (example) => said(apigee.outcomeOf(example as apigee.Case)),
  datapower: (example) => said(datapower.outcomeOf(example as datapower.Case)),
  flex: (example) => ({ problems: problemsAlone((example as { readonly policy?: string }).policy), refusals: [] }),
};

function said({ all, decision }: apigee.Outcome | datapower.Outcome): Said {
  return { problems: all, refusals: decision?.mints.filter(({ message }) => message !== undefined) ?? [] };
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
  const found = Object.entries(suites).flatMap(([suite, saidOf]) => {
    const folder = new URL(`../conformance/${suite}/`, import.meta.url);
    const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    return names.sort().map((name): Found => [`${suite}/${name}`, foundIn(new URL(name, folder), saidOf)]);
  });
  const cases = found.flatMap(([, ofFile]) => ofFile);
  const messages: readonly Message[] = [
    ...cases.flatMap(({ problems, refusals }) => [...problems, ...refusals]),
    ...flexCases.flatMap(([, text]) => problemsAlone(text)),
  ];
  return [
    { file: files.findings, text: findingsText(found) },
    { file: files.messages, text: messagesText(messages) },
  ];
}

type Message = Partial<Pick<Problem, 'code' | 'message' | 'suggestion'>> | MintRecord;

interface SaidOfCase extends Said {
  readonly name: string;
}

type Found = readonly [file: string, cases: readonly SaidOfCase[]];

function foundIn(file: URL, saidOf: (example: unknown) => Said): readonly SaidOfCase[] {
  const cases = parse(readFileSync(file, 'utf8')) as readonly { readonly name: string }[];
  return cases.map((example) => ({ name: example.name, ...saidOf(example) }));
}

/** Sorted, so that only what is said changes the text. */
function findingsText(found: readonly Found[]): string {
  const of = found.map(([file, cases]) => [file, findingsOf(cases)] as const);
  const some = of.filter(([, findings]) => Object.keys(findings).length > 0);
  return `${findingsHead}${stringify(Object.fromEntries(some), { lineWidth: 0 })}`;
}

const findingsHead = `# What validate says of the policies in these files, errors aside: warnings with their cases, and numbers of notes.
# Written by \`npm run findings\`. Read what changes: would the policy's author agree?
`;

function findingsOf(cases: readonly SaidOfCase[]): Findings {
  const found = cases.flatMap(({ name, problems }) => problems.map(({ code, severity }) => ({ code, severity, name })));
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

function messagesText(messages: readonly Message[]): string {
  const byCode = Map.groupBy(messages, ({ code = '' }) => code);
  const sorted = [...byCode].sort(([one], [other]) => (one < other ? -1 : 1));
  const texts = sorted.map(([code, own]) => [code, [...new Set(own.map(textOf))].sort()] as const);
  return `${messagesHead}${stringify(Object.fromEntries(texts), { lineWidth: 0 })}`;
}

function textOf({ message = '', ...rest }: Message): string {
  const suggestion = 'suggestion' in rest ? rest.suggestion : undefined;
  return suggestion === undefined ? message : `${message} → ${suggestion}`;
}
