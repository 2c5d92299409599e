/**
 * @module
 * Bindings from a context in the format of the corpus and the Flex oracle: `{"attributes": {"headers": …}, …}`.
 *
 * The method, path and query of the request come from its pseudo-headers, as in the oracle.
 */
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { type Bindings, type InputName, policyInputs } from '../../src/expressions/bindings.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { RequestView } from '../../src/request/request-view.ts';

export interface Context {
  readonly attributes?: JsonObject;
  readonly authentication?: JsonObject | null;
  readonly payload?: JsonValue;
  readonly vars?: JsonObject;
}

export function bindingsOf(context: Context): Bindings {
  const { attributes = {}, authentication, payload, vars } = context;
  const text = (name: string): string | null => textOf(attributes[name]);
  const surroundings = {
    scheme: text('scheme'),
    version: text('version'),
    remoteAddress: text('remoteAddress'),
    localAddress: text('localAddress'),
  };
  return {
    attributes: new RequestView(new HeaderList(headersOf(attributes['headers'])), surroundings),
    authentication: {
      clientId: textOf(authentication?.['clientId']),
      clientName: textOf(authentication?.['clientName']),
      principal: textOf(authentication?.['principal']),
      properties: objectOf(authentication?.['properties']),
    },
    variables: new Map(Object.entries(vars ?? {})),
    ...(payload === undefined ? {} : { payload }),
    randomId: () => '11111111-2222-4333-8444-555555555555',
    now: Date.UTC(2026, 0, 31, 12),
  };
}

export function inputsOf(context: Context): InputName[] {
  const inputs: InputName[] = [...policyInputs];
  if (context.payload !== undefined) inputs.push('payload');
  if (Object.keys(context.vars ?? {}).length > 0) inputs.push('vars');
  return inputs;
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function objectOf(value: JsonValue | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function headersOf(headers: JsonValue | undefined): [string, string][] {
  const pairs: readonly JsonValue[] = Array.isArray(headers)
    ? headers
    : Object.entries(isJsonObject(headers) ? headers : {});
  return pairs.map((pair) => {
    const [name, value] = Array.isArray(pair) ? pair : [];
    return [String(name), String(value)];
  });
}
