/**
 * @module
 * Reads a whole proxy bundle (`apiproxy/` or `sharedflowbundle/`): its GenerateJWT policies, the steps that call them,
 * and the variables that a configuration must declare in place of the bundle's other policies.
 *
 * Only the parts that concern tokens are read; everything else in the bundle is left to Apigee.
 */
import { isPlainName } from '../../diagnostics/harmless.ts';
import { type Problem, Problems } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { finish } from '../../diagnostics/steps.ts';
import { DocumentFile } from '../../documents/document-file.ts';
import { readXml } from '../../documents/located-xml.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { FoundPolicy, PolicySettings, VariableUse } from '../policy-file.ts';
import { isPrivate } from '../private-names.ts';
import { type Assignment, assignmentsOf } from './assignments.ts';
import { type Call, callsOf } from './calls.ts';
import { apigee } from './dialect.ts';

/** A file of the bundle; problems show its `path`. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

export interface BundledPolicy {
  readonly file: string;
  readonly name: string;
  readonly problems: readonly Problem[];
  readonly calls: readonly Call[];
}

/** A variable that the configuration must declare. */
export interface NeededVariable {
  readonly name: string;
  readonly use: VariableUse['use'];
  /** The policies that read it. */
  readonly readBy: readonly string[];
  /** What a policy of the bundle assigns to it, if that can be declared. */
  readonly assigned: Assignment | undefined;
}

export interface Bundle {
  readonly policies: readonly BundledPolicy[];
  readonly variables: readonly NeededVariable[];
}

/** Reads a bundle. Files that are not XML, or neither a policy nor a flow, are skipped. */
export function readBundle(files: readonly BundleFile[], settings: PolicySettings): Bundle {
  const documents = files.flatMap(readDocument);
  const calls = documents.flatMap(({ root }) => callsOf(root));
  const read = documents
    .filter(({ root }) => root.name === 'GenerateJWT')
    .map((document) => readPolicy(document, settings, calls));
  const assignments = new Map(documents.flatMap(({ root }) => assignmentsOf(root)).map((one) => [one.name, one]));
  return {
    policies: read.map(({ policy }) => policy),
    variables: neededBy(
      read.map(({ found }) => found),
      assignments,
    ),
  };
}

interface Document {
  readonly source: SourceText;
  readonly root: XmlElement;
}

/** A GenerateJWT that is not well-formed XML is kept, so that it is reported and not skipped. */
function readDocument({ path, text }: BundleFile): Document[] {
  const source = SourceText.ofFile(path, text);
  const root = new Problems().attempt(() => readXml(new DocumentFile(source)));
  if (root !== undefined) return [{ source, root }];
  if (!/<GenerateJWT\b/.test(text)) return [];
  const unread = { name: 'GenerateJWT', offset: 0, attributes: [], children: [], text: source.slice(0, 0) };
  return [{ source, root: unread }];
}

function readPolicy({ source }: Document, settings: PolicySettings, calls: readonly Call[]) {
  const problems = new Problems();
  const [found] = finish(apigee.read(new DocumentFile(source), settings, problems));
  // Variables that are not declared yet are listed below, once for all policies.
  const own = problems.all.filter(({ code }) => code !== 'apigee.undeclared-variable');
  const name = found?.names[0] ?? '';
  const policy: BundledPolicy = {
    file: source.file,
    name,
    problems: own,
    calls: calls.filter((call) => call.policy === name),
  };
  return { found, policy };
}

/** In the order in which they are first read, including the variables that their assignments read. */
function neededBy(
  policies: readonly (FoundPolicy | undefined)[],
  assignments: ReadonlyMap<string, Assignment>,
): readonly NeededVariable[] {
  const published = new Set(policies.flatMap((found) => found?.names ?? []).map((name) => `jwt.${name}.`));
  const needed = new Map<string, { use: VariableUse['use']; readBy: string[]; assigned: Assignment | undefined }>();
  const add = (name: string, use: VariableUse['use'], reader: string): void => {
    const known = needed.get(name);
    if (known !== undefined) {
      if (!known.readBy.includes(reader)) known.readBy.push(reader);
      return;
    }
    const assigned = isPrivate(name) ? undefined : assignments.get(name);
    needed.set(name, { use, readBy: [reader], assigned });
    for (const inner of assigned?.reads ?? []) add(inner, 'value', name);
  };
  for (const found of policies) {
    for (const { name, use, origin } of found?.variables ?? []) {
      const isPublished = [...published].some((prefix) => name.startsWith(prefix));
      if (origin === 'unknown' && !isPublished) add(name, use, found?.names[0] ?? '');
    }
  }
  // Names that are not plain are left out: they may be secrets, written in place of the variable's name.
  return [...needed].filter(([name]) => isPlainName(name)).map(([name, rest]) => ({ name, ...rest }));
}
