/**
 * @module
 * Converts the properties of a `jwt-generate` action to a token plan.
 */
import { Problems } from '../../diagnostics/problem.ts';
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
import { canonicalName } from './variable-names.ts';
import { readVersion } from './version.ts';

/** The policy; its plan is undefined if an error was reported. */
export function readPolicy(
  document: LocatedYaml,
  api: Api,
  action: FoundAction,
  settings: PolicySettings,
  problems: Problems,
): FoundPolicy {
  const { path, position, before } = action;
  const found = { names: [actionName, position], offset: document.keyOffsetOf(path), plan: undefined };
  const properties = readShape(propertiesSchema, document, path, problems, policyShapeCodes);
  if (properties === undefined) return found;
  const names = [properties.title ?? actionName, position];
  // Only the problems of this policy decide whether it has a plan.
  const own = new Problems();
  const version = readVersion(properties, api, document, path, own);
  const { variables: declared, hasRecipient = false } = settings;
  const reader =
    version && new PolicyReader({ document, path, api, version, before, declared, hasRecipient, problems: own });
  const plan = reader && readPlan(reader, properties);
  for (const problem of own.all) problems.add(problem);
  return { ...found, names, plan: own.hasErrors ? undefined : plan, variables: reader?.uses ?? [] };
}

function readPlan(reader: PolicyReader, properties: Properties): FoundPolicy['plan'] {
  const claims = readClaims(reader, properties);
  const { variable, output } = readOutput(reader, properties);
  const protection = readProtection(reader, properties);
  if (protection === undefined) return undefined;
  const { variablePrefix } = reader.version;
  return {
    dialect: 'datapower',
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
  if (header !== undefined) return { variable: variable.text, output: { header, prefix: variablePrefix } };
  // On the gateway, a later action of the assembly reads the variable.
  return { variable: variable.text, output: { ...authorization, prefixElsewhere: variablePrefix, variable } };
}
