/**
 * @module
 * A variable whose value is in the API's file, the same for every request: one of its properties, or a fact about it.
 */
import { called, theyAre } from '../../diagnostics/harmless.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { ApiProperty } from './api-properties.ts';
import type { PolicyReader } from './policy-reader.ts';

/** The value; undefined if the file has none. What is doubtful about a property is reported. */
export function apiConstant(reader: PolicyReader, variable: string): JsonValue | undefined {
  const { constants, properties } = reader.api;
  const constant = constants.get(variable);
  if (constant !== undefined) return constant;
  // A property can also be read by its bare name.
  const name = /^api\.properties\.(.+)$/.exec(variable)?.[1] ?? variable;
  const property = properties.get(name);
  if (property === undefined) return undefined;
  if (reader.isFirstUse(`property ${name}`)) reportDoubts(reader, name, property);
  return property.value ?? undefined;
}

function reportDoubts(reader: PolicyReader, name: string, { value, path, isPlain, otherCatalogs }: ApiProperty): void {
  if (isPlain) {
    reader.reportAt('datapower.plain-property', path, {
      message: `${called('The property', name)} has \`encoded: true\`, but its value is not Base64, so it is used as it is written.`,
      suggestion: 'Write its Base64, or remove `encoded: true`.',
    });
  }
  if (otherCatalogs.length === 0) return;
  const known = theyAre('catalogs', otherCatalogs) ?? '';
  reader.reportAt('datapower.catalog-property', path, {
    message:
      value === null
        ? `Only catalogs have a value for ${called('the property', name)}, so it has none here.`
        : `Catalogs have another value for ${called('the property', name)} than this one, which is used.`,
    suggestion: `Write \`catalog: NAME\` in the policy's entry in mintproc.yaml. ${known}`.trim(),
  });
}
