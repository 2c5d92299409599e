/**
 * @module
 * Converts the configuration of a Flex policy to a token plan.
 */
import type * as z from 'zod';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Problems } from '../../diagnostics/problem.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { readShape } from '../../documents/shape.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { codeRefusal } from '../../plan/refusal.ts';
import type { Computed, Step, TokenPlan } from '../../plan/token-plan.ts';
import { type PolicySettings, policyShapeCodes } from '../policy-file.ts';
import { configSchema, memberSchema, membersSchema, methodSchema, vendorAlgorithms } from './schema.ts';
import { type FlexText, readFlexText } from './text.ts';

/** The plan of the policy whose `config` is at `path`; undefined if an error was reported. */
export function* readPlan(
  document: LocatedYaml,
  path: YamlPath,
  settings: PolicySettings,
  problems: Problems,
): Steps<TokenPlan | undefined> {
  const config = readShape(configSchema, document, path, problems, policyShapeCodes);
  const reader = { document, path, settings, problems };
  const algorithm = readAlgorithm(reader);
  const headers = yield* readMembers(reader, 'customHeaders');
  const claims = yield* readMembers(reader, 'customClaims');
  if (config === undefined || algorithm === undefined || headers === undefined || claims === undefined)
    return undefined;
  return {
    dialect: 'flex',
    takesInexact: true,
    algorithm,
    key:
      config.privateKey === undefined
        ? undefined
        : { kind: 'inline', text: document.scalarAt([...path, 'privateKey']) },
    // The vendor's generator writes these last, and they replace custom ones with the same names.
    header: [
      ...headers,
      { kind: 'fixed', name: 'alg', value: algorithm.name },
      { kind: 'fixed', name: 'typ', value: 'JWT' },
    ],
    claims: [...claims, ...timeClaims(config)],
    output: { header: 'authorization', prefix: 'Bearer ' },
    refuse: (code) => codeRefusal(500, code),
  };
}

interface PolicyReader {
  readonly document: LocatedYaml;
  readonly path: YamlPath;
  readonly settings: PolicySettings;
  readonly problems: Problems;
}

/** `exp` and `nbf` are seconds after the time of issue; 0 leaves the claim out. */
function timeClaims(config: z.output<typeof configSchema>): Step[] {
  const steps: Step[] = [];
  if (config.exp !== 0) steps.push({ kind: 'time', name: 'exp', offset: config.exp });
  if (config.nbf !== 0) steps.push({ kind: 'time', name: 'nbf', offset: config.nbf });
  if (config.iat) steps.push({ kind: 'time', name: 'iat', offset: 0 });
  return steps;
}

function readAlgorithm({ document, path, problems }: PolicyReader): SignatureAlgorithm | undefined {
  const at = [...path, 'signingMethod'];
  const name = readShape(methodSchema, document, at, problems, policyShapeCodes);
  if (name === undefined) return undefined;
  const algorithm = signatureAlgorithms.get(name);
  if (algorithm === undefined) {
    const guess = nearest(name, vendorAlgorithms);
    document.report(problems, at, 'policy.invalid-value', {
      message: 'This is not a known signing method.',
      suggestion: guess === undefined ? `Write one of ${vendorAlgorithms.join(', ')}.` : `Did you mean \`${guess}\`?`,
    });
  } else if (!vendorAlgorithms.includes(name)) {
    document.report(problems, at, 'policy.unsupported-algorithm', {
      message: `Flex Gateway does not support ${name}; mintproc does.`,
      suggestion: `If the policy should also run on Flex Gateway, write one of ${vendorAlgorithms.join(', ')}.`,
    });
  }
  return algorithm;
}

/** Undefined if one of the members has an error. All of them are read, so that every error is reported. */
function* readMembers(reader: PolicyReader, list: 'customClaims' | 'customHeaders'): Steps<Step[] | undefined> {
  const { document, path, problems } = reader;
  const items = readShape(membersSchema, document, [...path, list], problems, policyShapeCodes);
  const members = items && (yield* eachInSteps(items, (_, index) => readMember(reader, [...path, list, index])));
  return members?.every((steps) => steps !== undefined) ? members.flat() : undefined;
}

function readMember({ document, settings, problems }: PolicyReader, at: YamlPath): Step[] | undefined {
  if (readShape(memberSchema, document, at, problems, policyShapeCodes) === undefined) return undefined;
  const profile = settings.expressions ?? 'flex';
  const name = readFlexText(document.scalarAt([...at, 'name']), profile, problems);
  const value = readFlexText(document.scalarAt([...at, 'value']), profile, problems);
  return name === undefined || value === undefined
    ? undefined
    : toStep(name, value, document.source.placeAt(document.offsetOf([...at, 'value'])));
}

function toStep(nameText: FlexText, valueText: FlexText, place: Place): Step[] {
  const name = fixedValue(nameText);
  const value = fixedValue(valueText);
  // A null that does not depend on the request always leaves the claim out.
  if (value === null) return [];
  if (typeof name === 'string' && value !== undefined) return [{ kind: 'fixed', name, value }];
  return [
    {
      kind: 'computed',
      name: typeof name === 'string' ? name : computedName(nameText),
      value: computedValue(valueText),
      place,
    },
  ];
}

function fixedValue(text: FlexText) {
  return text.kind === 'literal' ? text.text : text.expression.constant;
}

function computedValue(text: FlexText): Computed {
  if (text.kind === 'literal') return { evaluate: () => text.text };
  const { expression } = text;
  return { evaluate: (scope) => expression.evaluate(scope) ?? undefined };
}

function computedName(text: FlexText): Computed<string> {
  const value = computedValue(text);
  return {
    evaluate(scope) {
      const name = value.evaluate(scope);
      if (typeof name !== 'string')
        throw new MintError('mint.name', 'The name of a claim or header parameter must be a string.');
      return name;
    },
  };
}
