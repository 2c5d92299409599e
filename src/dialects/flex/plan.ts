/**
 * @module
 * Converts the configuration of a Flex policy to a token plan.
 */
import type * as z from 'zod';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Problems } from '../../diagnostics/problem.ts';
import { statusOfDialect } from '../../diagnostics/refusals.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { readShape } from '../../documents/shape.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { MemberRead } from '../../expressions/member-reads.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { codeRefusal } from '../../plan/refusal.ts';
import { constantValue, expressionValue } from '../../plan/request-values.ts';
import type { Computed, Step, TokenPlan } from '../../plan/token-plan.ts';
import { type PolicySettings, policyShapeCodes } from '../policy-file.ts';
import { checkBinding } from './binding.ts';
import { type CarriedPolicy, field } from './carriers.ts';
import { otherFields } from './policy-name.ts';
import { readRules } from './rules.ts';
import { configSchema, memberSchema, membersSchema, methodSchema, vendorAlgorithms } from './schema.ts';
import { readSigningKey } from './signing-key.ts';
import { type FlexText, readFlexText, type TextReader } from './text.ts';
import { checkMembers, claimList, headerList, type KnownMember, type MemberList } from './unlikely-members.ts';

/**
 * The plan of a policy; undefined if an error was reported.
 *
 * @param reads gets what its expressions read
 */
export function* readPlan(
  carried: CarriedPolicy,
  document: LocatedYaml,
  settings: PolicySettings,
  problems: Problems,
  reads: MemberRead[],
): Steps<TokenPlan | undefined> {
  const path = carried.config;
  if (isOtherPolicy(carried, document, problems)) return undefined;
  const config = readShape(configSchema, document, path, problems, policyShapeCodes);
  const text = { profile: settings.expressions ?? 'flex', callers: settings.callers, reads, problems };
  const reader = { document, path, text, problems };
  const algorithm = readAlgorithm(reader);
  const times = config === undefined ? [] : timeClaims(config, reader);
  if (config !== undefined) checkValidity(config, reader);
  const headers = yield* readMembers(reader, 'customHeaders', headerList);
  const claims = yield* readMembers(reader, 'customClaims', claimList(times.map(({ name }) => name)));
  const rules = readRules(carried, settings.basePaths, document, problems);
  checkBinding(carried, document, problems);
  if (config === undefined || algorithm === undefined || headers === undefined || claims === undefined)
    return undefined;
  if (rules === 'invalid') return undefined;
  document.reportUnclear(problems, path, 'policy.unclear-value');
  return {
    dialect: 'flex',
    takesInexact: true,
    algorithm,
    key: readSigningKey(config.privateKey, algorithm, document, [...path, 'privateKey']),
    ...(rules === undefined ? {} : { rules }),
    ...(isDisabled(carried, document, problems) ? { disabled: true } : {}),
    // The vendor's generator writes these last, and they replace custom ones with the same names.
    header: [
      ...headers,
      { kind: 'fixed', name: 'alg', value: algorithm.name, place: placeOf(reader, 'signingMethod') },
      { kind: 'fixed', name: 'typ', value: 'JWT' },
    ],
    claims: [...claims, ...times],
    output: { header: 'authorization', prefix: 'Bearer ' },
    refuse: (code) => codeRefusal(statusOfDialect.flex, code),
  };
}

interface PolicyReader {
  readonly document: LocatedYaml;
  readonly path: YamlPath;
  readonly text: TextReader;
  readonly problems: Problems;
}

/** Reports another policy of the same name. */
function isOtherPolicy({ config, nameAt }: CarriedPolicy, document: LocatedYaml, problems: Problems): boolean {
  const value = config.reduce<unknown>(field, document.value);
  if (!otherFields.some((name) => field(value, name) !== undefined)) return false;
  document.report(problems, nameAt, 'policy.other-schema', {
    message: "This is the vendor's custom-policy example, which has the fields privateKey, kid and jku.",
    suggestion: 'mintproc runs `jwt-generation-flex`, the policy that ships with Flex Gateway 1.12 and later.',
  });
  return true;
}

/** API Manager disables a policy without removing it. */
function isDisabled({ item, managed }: CarriedPolicy, document: LocatedYaml, problems: Problems): boolean {
  const at = [...item, 'disabled'];
  if (!managed || at.reduce<unknown>(field, document.value) !== true) return false;
  document.report(problems, at, 'policy.disabled', {
    message: "The policy is disabled: it mints no token, and the client's own copy of its header is removed.",
  });
  return true;
}

type TimeStep = Extract<Step, { kind: 'time' }>;

/** `exp` and `nbf` are seconds after the time of issue; 0 leaves the claim out. */
function timeClaims(config: z.output<typeof configSchema>, reader: PolicyReader): TimeStep[] {
  const steps: TimeStep[] = [];
  const add = (name: 'exp' | 'nbf' | 'iat', offset: number) =>
    steps.push({ kind: 'time', name, offset, place: placeOf(reader, name) });
  if (config.exp !== 0) add('exp', config.exp);
  if (config.nbf !== 0) add('nbf', config.nbf);
  if (config.iat) add('iat', 0);
  return steps;
}

/** Where the policy has the value of a field; undefined if it has none, and the default applies. */
function placeOf({ document, path }: PolicyReader, name: string): Place | undefined {
  const at = [...path, name];
  if (at.reduce<unknown>(field, document.value) === undefined) return undefined;
  return document.source.placeAt(document.offsetOf(at));
}

/** A token whose `nbf` is not before its `exp` is valid at no time (RFC 7519 sections 4.1.4 and 4.1.5). */
function checkValidity({ exp, nbf }: z.output<typeof configSchema>, { document, path, problems }: PolicyReader): void {
  if (exp === 0 || nbf < exp) return;
  document.report(problems, [...path, 'nbf'], 'policy.never-valid', {
    message: 'The token becomes valid when `exp` is over, so it is never valid.',
    suggestion: '`nbf` and `exp` both count from the time of issue: make `exp` the larger one.',
  });
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
function* readMembers(
  reader: PolicyReader,
  key: 'customClaims' | 'customHeaders',
  list: MemberList,
): Steps<Step[] | undefined> {
  const { document, path, problems } = reader;
  const items = readShape(membersSchema, document, [...path, key], problems, policyShapeCodes);
  const members = items && (yield* eachInSteps(items, (_, index) => readMember(reader, [...path, key, index])));
  if (members === undefined) return undefined;
  checkMembers(
    members.filter((member) => member !== undefined),
    list,
    document,
    problems,
  );
  return members.every((member) => member !== undefined) ? members.flatMap(({ steps }) => steps) : undefined;
}

interface ReadMember extends KnownMember {
  /** Empty if the member is left out. */
  readonly steps: readonly Step[];
}

function readMember({ document, text, problems }: PolicyReader, at: YamlPath): ReadMember | undefined {
  if (readShape(memberSchema, document, at, problems, policyShapeCodes) === undefined) return undefined;
  const name = readFlexText(document.scalarAt([...at, 'name']), text);
  const value = readFlexText(document.scalarAt([...at, 'value']), text);
  if (name === undefined || value === undefined) return undefined;
  const steps = toStep(name, value, document.source.placeAt(document.offsetOf([...at, 'value'])));
  return { path: at, name: fixedValue(name), value: fixedValue(value), steps };
}

function toStep(nameText: FlexText, valueText: FlexText, place: Place): Step[] {
  const name = fixedValue(nameText);
  const value = fixedValue(valueText);
  // A null that does not depend on the request always leaves the claim out.
  if (value === null) return [];
  if (typeof name === 'string' && value !== undefined) return [{ kind: 'fixed', name, value, place }];
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
  if (text.kind === 'literal') return constantValue(text.text);
  return expressionValue(text.expression);
}

function computedName(text: FlexText): Computed<string> {
  const value = computedValue(text);
  return {
    needs: () => value.needs(),
    evaluate(scope) {
      const name = value.evaluate(scope);
      if (typeof name !== 'string')
        throw new MintError('mint.name', 'The name of a claim or header parameter must be a string.');
      return name;
    },
  };
}
