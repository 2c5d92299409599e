/**
 * @module
 * What an author can read about the policies of API Connect: the keys that mintproc reads, and the context variables.
 * The playground shows it. `serve` does not load it.
 */
import { type JsonSchema, jsonSchemaOf } from '../../documents/json-schema.ts';
import { vendorAlgorithms } from './protection.ts';
import { propertiesSchema } from './schema.ts';

/** The JSON Schema of the properties of `jwt-generate`. */
export function propertiesJsonSchema(): JsonSchema {
  return jsonSchemaOf(propertiesSchema);
}

/** Properties with few values. */
export const propertyValues: Readonly<Record<string, readonly string[]>> = {
  version: ['1.0.0', '2.0.0', '2.1.0'],
  'jws-alg': [...vendorAlgorithms.signatures, 'none'],
  'jwe-alg': vendorAlgorithms.managements,
  'jwe-enc': vendorAlgorithms.contents,
  'jti-claim': ['true', 'false'],
};

interface AssemblyKey {
  readonly name: string;
  readonly path: string;
  readonly documentation: string;
  readonly values?: readonly string[];
}

/** The keys of an assembly that mintproc reads, around the policy. `**` is any path. */
export const assemblyKeys: readonly AssemblyKey[] = [
  {
    path: '**.assembly',
    name: 'execute',
    documentation: 'The actions, in their order. mintproc runs only jwt-generate.',
  },
  {
    path: '**.assembly',
    name: 'catch',
    documentation: 'What the gateway does after an error. mintproc does not run it.',
  },
  { path: '**.execute[]', name: 'jwt-generate', documentation: 'Makes a signed token, an encrypted one, or both.' },
  { path: '**.execute[]', name: 'set-variable', documentation: 'Sets variables for the actions after it.' },
  { path: '**.set-variable', name: 'version', documentation: 'The version of the action.' },
  { path: '**.set-variable', name: 'title', documentation: 'A name for readers.' },
  { path: '**.set-variable', name: 'actions', documentation: 'What is set, added or cleared, in this order.' },
  { path: '**.actions[]', name: 'set', documentation: 'The name of the variable, which gets `value`.' },
  { path: '**.actions[]', name: 'add', documentation: 'The name of the variable, to which `value` is added.' },
  { path: '**.actions[]', name: 'clear', documentation: 'The name of a variable, which then has no value.' },
  { path: '**.actions[]', name: 'value', documentation: 'The value: a text, in which $(name) is a variable.' },
  {
    path: '**.actions[]',
    name: 'type',
    documentation: 'The type of the value. Default: string.',
    values: ['string', 'number', 'boolean', 'any'],
  },
];

/** Variables of the request; NAME is a placeholder. */
export const requestVariableSentences: Readonly<Record<string, string>> = {
  'request.headers.NAME': 'A header; its name may be in any case. Repeated ones are joined by commas.',
  'message.headers.NAME': 'The same as request.headers.NAME, before there is a response.',
  'request.parameters.NAME': 'A parameter of the query, else of the path.',
  'request.verb': 'The method, such as GET.',
  'request.path': 'The path without its query.',
  'request.uri': 'The whole address.',
  'request.querystring': 'The query without its question mark.',
  'request.search': 'The query with its question mark.',
  'request.content-type': 'The header content-type.',
  'request.date': 'The time of the request, in UTC.',
  'client.app.id': "The caller's client application, as Envoy verified it.",
  'client.app.name': "The name of the caller's client application.",
  'api.operation.path': 'The path of the operation in the file.',
  'api.operation.id': 'The operationId of the operation in the file.',
  'system.datetime': 'The time of the request, in UTC.',
  'system.date': 'The date of the request, in UTC.',
  'system.time': 'The time of day of the request, in UTC.',
  'system.datetime.year': 'The year of the request, in UTC.',
  'system.datetime.month': 'The month, from 1.',
  'system.datetime.day': 'The day of the month.',
  'system.datetime.hour': 'The hour, in UTC.',
  'system.datetime.minute': 'The minute.',
  'system.datetime.second': 'The second.',
  'system.datetime.millisecond': 'The millisecond.',
  'system.timezone': 'The time zone, always +00:00.',
};

/** Variables that come from the file, the configuration or other policies. */
export const otherVariableSentences: Readonly<Record<string, string>> = {
  'decoded.claims': "The claims of the caller's own verified token.",
  'decoded.claims.NAME': "A claim of the caller's own verified token.",
  'api.name': 'The name of the API in the file.',
  'api.version': 'The version of the API in the file.',
  'api.root': 'The base path of the API in the file.',
  'api.properties.NAME': 'A property of the API in the file.',
  'api.catalog.name': "The catalog: `catalog` in the policy's entry in mintproc.yaml.",
  'jwt-generate.error-message': 'Why an earlier policy of the route minted no token and let the request pass.',
};
