/**
 * @module
 * The functions `read` and `write`, for JSON.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { readJson, writeJson } from '../json-text.ts';
import { emptyObject, ObjectValue } from '../values.ts';
import { any, binary, type FunctionRow, form, object, optional, string } from './row.ts';

const module = 'dw::Core';

function requireJson(type: string, name: string): void {
  if (/^(?:application|text)\/(?:[\w.-]+\+)?json(?:\s*;|$)|^json$/i.test(type)) return;
  throw new MintError(
    'dataweave.unsupported',
    `The function \`${name}\` supports only the format \`application/json\`.`,
  );
}

const json = optional(string, 'application/json');

export const readWriteRows: readonly FunctionRow[] = [
  {
    module,
    name: 'read',
    summary: 'Parses a string as JSON, the only format.',
    forms: [
      form([string, json, optional(object, emptyObject)], ({ meter }, text, type) => {
        requireJson(type, 'read');
        return readJson(text, meter);
      }),
      form([binary, json, optional(object, emptyObject)], ({ meter }, bytes, type) => {
        requireJson(type, 'read');
        return readJson(Buffer.from(bytes).toString('utf8'), meter);
      }),
    ],
  },
  {
    module,
    name: 'write',
    summary: 'Writes a value as JSON, on one line with `{indent: false}`. The format `application/json` must be given.',
    forms: [
      form(
        [any, optional(string, 'application/dw'), optional(object, emptyObject)],
        ({ meter }, value, type, options) => {
          requireJson(type, 'write');
          const indent = options instanceof ObjectValue ? options.get('indent') : undefined;
          return writeJson(value, indent !== false && indent !== 'false', meter);
        },
      ),
    ],
  },
];
