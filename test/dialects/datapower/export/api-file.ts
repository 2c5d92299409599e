/**
 * @module
 * The file of a made API, as API Connect exports it.
 */
import { stringify } from 'yaml';
import type { MadeApi, MadeStep, Test } from './made-api.ts';

export function apiFile(api: MadeApi): string {
  const { name, base, operations, isJson } = api;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path, verb, id } of operations) {
    paths[path] = {
      ...paths[path],
      [verb.toLowerCase()]: { operationId: id, responses: { 200: { description: 'ok' } } },
    };
  }
  const document = {
    swagger: '2.0',
    info: { title: name, 'x-ibm-name': name, version: '1.0.0' },
    basePath: base,
    paths,
    'x-ibm-configuration': {
      phase: 'realized',
      enforced: true,
      assembly: { execute: new Writer(api).steps(api.steps) },
    },
  };
  return isJson ? JSON.stringify(document, null, 2) : stringify(document);
}

class Writer {
  readonly #api: MadeApi;

  constructor(api: MadeApi) {
    this.#api = api;
  }

  steps(steps: readonly MadeStep[]): readonly unknown[] {
    return steps.map((step) => this.#step(step));
  }

  #step(step: MadeStep): unknown {
    switch (step.kind) {
      case 'mint':
        return {
          'jwt-generate': {
            ...(this.#api.version === undefined ? {} : { version: this.#api.version }),
            title: `mint-${step.id}`,
            ...(step.jwt === undefined ? {} : { jwt: step.jwt }),
            'iss-claim': 'api.name',
            ...(step.reads === undefined ? {} : { 'sub-claim': step.reads }),
            'exp-claim': 60,
            'jws-alg': 'HS256',
            'jws-crypto': 'signing',
          },
        };
      case 'set':
        return { 'set-variable': { actions: [{ set: step.name, value: step.value }] } };
      case 'invoke':
        return {
          invoke: {
            'target-url': 'https://backend.example',
            ...(step.output === undefined ? {} : { output: step.output }),
            'header-control': { type: 'blocklist', values: step.withheld.map((name) => `^${name}$`) },
          },
        };
      case 'script':
        return { gatewayscript: { source: `console.debug(context.get('${step.reads}'));` } };
      case 'setter':
        return { gatewayscript: { source: `context.set('${step.name}', compute());` } };
      case 'throw':
        return { throw: { name: 'Refused' } };
      case 'if':
        return { if: { condition: this.#text(step.test), execute: this.steps(step.steps) } };
      case 'switch':
        return {
          switch: {
            case: [
              ...step.cases.map(({ test, steps }) => ({ condition: this.#text(test), execute: this.steps(steps) })),
              ...(step.otherwise === undefined ? [] : [{ otherwise: this.steps(step.otherwise) }]),
            ],
          },
        };
      case 'operations':
        return {
          'operation-switch': {
            case: step.cases.map(({ operations, steps }) => ({
              operations: operations.map(({ verb, path, id }, index) =>
                index % 2 === 0 ? { verb: verb.toLowerCase(), path } : id,
              ),
              execute: this.steps(steps),
            })),
            ...(step.otherwise === undefined ? {} : { otherwise: this.steps(step.otherwise) }),
          },
        };
    }
  }

  /** JSONata for the API Gateway, GatewayScript for the v5-compatible one. */
  #text(test: Test): string {
    return this.#api.version === '1.0.0' ? script(test) : jsonata(test);
  }
}

function script(test: Test): string {
  switch (test.kind) {
    case 'verb':
      return `request.verb==='${test.value}'`;
    case 'path':
      return `(api.operation.path === "${test.value}")`;
    case 'id':
      return `apim.getvariable('api.operation.id') == '${test.value}'`;
    case 'header':
      return `apim.getvariable('request.headers.${test.name}') === '${test.value}'`;
    case 'unknown':
      return `decide(${test.number}, [1, 2]).length > 3`;
    case 'and':
      return `(${test.parts.map(script).join('&&')})`;
    case 'or':
      return `(${test.parts.map(script).join(' || ')})`;
    case 'not':
      return `!(${script(test.part)})`;
  }
}

function jsonata(test: Test): string {
  switch (test.kind) {
    case 'verb':
      return `$httpVerb() = '${test.value}'`;
    case 'path':
      return `($operationPath() = '${test.value}')`;
    case 'id':
      return `$operationID() in ['${test.value}']`;
    case 'header':
      return `$apiCtx().request.headers.${test.name} = "${test.value}"`;
    case 'unknown':
      return `$exists(message.body.part${test.number})`;
    case 'and':
      return `(${test.parts.map(jsonata).join(' and ')})`;
    case 'or':
      return `(${test.parts.map(jsonata).join(' or ')})`;
    case 'not':
      return `$not(${jsonata(test.part)})`;
  }
}
