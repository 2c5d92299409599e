/**
 * @module
 * The JSON Schema of a file with `jwt-generation-flex` policies, for editors. The parts of a policy are those that
 * `plan.ts` and `rules.ts` read; the resources around it are those of `carriers.ts`, and as lenient: other policies
 * and other members of a resource may be anything.
 */
import * as z from 'zod';
import { type JsonSchema, jsonSchemaOf } from '../../documents/json-schema.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { knownKeys, otherKeys } from './binding.ts';
import { assets } from './carriers.ts';
import { otherFields, policyName } from './policy-name.ts';
import { localRule, managedRule, maxRules } from './rules.ts';
import { configSchema, memberSchema } from './schema.ts';

/** @returns without heading */
export function flexFileSchema(): JsonSchema {
  return { ...reference('resource'), definitions };
}

const config = configSchema.extend({
  signingMethod: z
    .enum([...signatureAlgorithms.keys()])
    .default('RS256')
    .describe('The signature algorithm. Flex Gateway knows RS, HS and ES; mintproc also the others.'),
  customClaims: z.array(memberSchema).default([]).describe('Claims, before exp, nbf and iat.'),
  customHeaders: z.array(memberSchema).default([]).describe('Header parameters, before alg and typ.'),
});

const rules = z.array(localRule).max(maxRules).nullish();
const managedRules = z.union([z.array(managedRule).max(maxRules), managedRule]).nullish();

const named: JsonSchema = { type: 'string', pattern: policyName.source };
/** `items` has no effect on a value that is not a list. */
const resources: JsonSchema = { items: { $ref: '#/definitions/resource' } };

/** The places of a policy's configuration, as carriers name them. */
const besideReference: JsonSchema = {
  propertyNames: { enum: [...knownKeys, ...otherKeys] },
  properties: {
    policyRef: {
      description: 'The policy that this is: name is jwt-generation-flex.',
      properties: {
        name: { description: 'The name of the policy: jwt-generation-flex.', examples: ['jwt-generation-flex'] },
        config: reference('config'),
      },
    },
    config: reference('config'),
    rules: reference('rules'),
    targetRef: { description: 'The API of the gateway. Here the routes of mintproc.yaml decide.' },
    order: { description: 'The order on the gateway. Here a route names its policies in order.' },
  },
  if: { properties: { policyRef: { not: objectWith('config', {}) } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['config'] },
};

const referenced: JsonSchema = {
  if: {
    type: 'object',
    required: ['policyRef'],
    anyOf: [
      { properties: { policyRef: objectWith('name', named) } },
      { required: ['name'], properties: { name: named, policyRef: { not: objectWith('name', {}) } } },
    ],
  },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: besideReference,
};

const managed: JsonSchema = {
  if: {
    type: 'object',
    not: { required: ['policyRef'] },
    allOf: [{ anyOf: ['configurationData', 'configuration'].map((key) => ({ required: [key] })) }],
    anyOf: assets.map((path) => path.reduceRight((inner, key) => objectWith(key, inner), named)),
  },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    properties: { pointcutData: reference('managedRules') },
    if: { required: ['configurationData'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { configurationData: reference('config') } },
    else: { properties: { configuration: reference('config') } },
  },
};

const policies: JsonSchema = {
  description: 'Policies: a list, or inbound and outbound.',
  ...resources,
  properties: {
    inbound: { description: 'Policies of requests from callers.', ...resources },
    outbound: { description: 'Policies of requests to the upstream service.', ...resources },
  },
};

const services: JsonSchema = {
  description: 'Upstream services by name, with their policies.',
  additionalProperties: { properties: { policies: reference('policies') } },
};

const definitions: Readonly<Record<string, JsonSchema>> = {
  resource: {
    ...resources,
    allOf: [reference('referenced'), reference('managed')],
    properties: {
      items: { description: 'Resources of a List.', ...resources },
      policies: reference('policies'),
      spec: {
        description: 'What the resource says: a policy, or an API instance with policies and services.',
        allOf: [reference('referenced'), reference('managed')],
        properties: { policies: reference('policies'), services },
      },
    },
  },
  referenced,
  managed,
  policies,
  config: {
    description: `The configuration of the policy. Not with ${otherFields.join(' or ')}.`,
    ...jsonSchemaOf(config),
  },
  rules: { description: 'Only a request that matches one of these gets a token.', ...jsonSchemaOf(rules) },
  managedRules: {
    description: 'Only a request that matches one of these gets a token.',
    ...jsonSchemaOf(managedRules),
  },
};

function reference(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

function objectWith(key: string, value: JsonSchema): JsonSchema {
  return { type: 'object', required: [key], properties: { [key]: value } };
}
