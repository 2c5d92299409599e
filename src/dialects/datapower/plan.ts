/**
 * @module
 * Converts the properties of a `jwt-generate` action to a token plan.
 */
import { type Problem, Problems, problemAt } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { readShape } from '../../documents/shape.ts';
import type { Output } from '../../plan/token-plan.ts';
import { type FoundPolicy, type PolicySettings, policyShapeCodes } from '../policy-file.ts';
import type { Api } from './api.ts';
import { actionName, type FoundAction } from './assembly.ts';
import { readClaims } from './claims.ts';
import { PolicyReader } from './policy-reader.ts';
import { readName } from './property-text.ts';
import { readProtection } from './protection.ts';
import { publishFailure, publishToken, refusal } from './published.ts';
import { type Properties, propertiesSchema } from './schema.ts';
import { reportOther } from './unset-variables.ts';
import { canonicalName } from './variable-names.ts';
import { readVersion } from './version.ts';

export interface ReadPolicy extends FoundPolicy {
  /** What was read; undefined if the properties have mistakes. */
  readonly read: { readonly properties: Properties; readonly reader: PolicyReader } | undefined;
}

/** The policy; its plan is undefined if an error was reported. */
export function readPolicy(
  document: LocatedYaml,
  api: Api,
  action: FoundAction,
  settings: PolicySettings,
  problems: Problems,
): ReadPolicy {
  const { path, position, before, condition } = action;
  const { catalogs } = api;
  const found = {
    names: [actionName, position],
    offset: document.keyOffsetOf(path),
    plan: undefined,
    needs: () => [],
    catalogs,
    read: undefined,
  };
  const properties = readShape(propertiesSchema, document, path, problems, policyShapeCodes);
  if (properties === undefined) return found;
  document.reportUnclear(problems, path, 'policy.unclear-value');
  const names = [properties.title ?? actionName, position];
  // Only the problems of this policy decide whether it has a plan.
  const own = new Problems();
  const version = readVersion(properties, api, document, path, own);
  if (version === undefined) return withProblems({ ...found, names }, own, problems);
  const { variables: declared, hasRecipient = false, verifiedBy, callers } = settings;
  const inputs = { document, path, api, version, before, declared, hasRecipient, verifiedBy, callers, problems: own };
  const reader = new PolicyReader(inputs);
  const plan = readPlan(reader, properties);
  for (const other of reader.others) reportOther(reader, other);
  return withProblems(
    {
      ...found,
      names,
      plan: own.hasErrors ? undefined : plan,
      variables: reader.uses,
      needs: () => reader.needs,
      read: { properties, reader },
      whenUsed: conditionsOf(document, condition),
      ...(reader.claims.isUsed ? { tokens: reader.claims } : {}),
    },
    own,
    problems,
  );
}

function withProblems(found: ReadPolicy, own: Problems, problems: Problems): ReadPolicy {
  for (const problem of own.all) problems.add(problem);
  return { ...found, problems: own.all };
}

/** That the gateway runs the policy for some requests only, which its routes have to say here. */
function conditionsOf(document: LocatedYaml, condition: FoundAction['condition']): Problem[] {
  if (condition === undefined) return [];
  const { kind, path } = condition;
  return [
    problemAt(document.source, document.keyOffsetOf(path), 'datapower.condition-ignored', {
      message: `The gateway runs the policy only in a branch of this \`${kind}\`. mintproc does not evaluate its conditions: every request of the policy's route gets a token.`,
      suggestion:
        'Let only the requests that are meant reach the policy: by `match` of its route in mintproc.yaml. If the route does, write `allow: [datapower.condition-ignored]` in the entry.',
    }),
  ];
}

function readPlan(reader: PolicyReader, properties: Properties): FoundPolicy['plan'] {
  const claims = readClaims(reader, properties);
  const { variable, output } = readOutput(reader, properties);
  const protection = readProtection(reader, properties);
  if (protection === undefined) return undefined;
  const { variablePrefix } = reader.version;
  return {
    dialect: 'datapower',
    // Public files sign with RS256 and a JWK of RS512, and show the token of a gateway.
    otherKeyAlgorithm: 'datapower.key-algorithm',
    ...protection,
    claims,
    output,
    refuse: () => refusal,
    publish: (token, _scope, failure) =>
      token === undefined ? publishFailure(failure?.message ?? '') : publishToken(variable, token, variablePrefix),
  };
}

interface Destination {
  /** The runtime variable for the token; undefined if the token is written to the header only. */
  readonly variable: string | undefined;
  readonly output: Output;
}

const authorization: Output = { header: 'authorization', prefix: 'Bearer ' };

/** Where the token is written: to the Authorization header, or to the runtime variable that `jwt` names. */
function readOutput(reader: PolicyReader, properties: Properties): Destination {
  const variable = readName(reader, properties, 'jwt');
  if (variable === undefined) return { variable: undefined, output: authorization };
  const header = /^request\.headers\.(.+)$/.exec(canonicalName(variable.text))?.[1];
  const { variablePrefix } = reader.version;
  const place = variable.placeAt(0);
  if (header !== undefined) return { variable: variable.text, output: { header, prefix: variablePrefix, place } };
  // On the gateway, a later action of the assembly reads the variable.
  return { variable: variable.text, output: { ...authorization, prefixElsewhere: variablePrefix, variable, place } };
}
