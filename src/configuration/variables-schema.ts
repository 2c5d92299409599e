/**
 * @module
 * The `variables` part of `mintproc.yaml`: values for policies that are not part of a request.
 */
import * as z from 'zod';
import { metadataPathSchema } from '../identity/metadata-path.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const readable = z
  .boolean()
  .default(false)
  .describe(
    'Whether a variable whose name begins with private. may appear in claims, headers and templates. ' +
      'Default: it is a secret, for keys only.',
  );

const forms = [
  z.strictObject({
    value: z.json().describe('A constant: a string, a number, true or false, a list or a map.'),
    readable,
  }),
  z.strictObject({
    template: z.string().describe("A template with {variable}, {variable:default} and Apigee's {function(arguments)}."),
    readable,
  }),
  z.strictObject({
    expression: z.string().describe('An expression over attributes and authentication, without #[ ].'),
    readable,
  }),
  z.strictObject({
    header: z
      .string()
      .min(1)
      .describe('A request header. It is trusted: Envoy must set it and remove what a client sent.'),
    readable,
  }),
  z.strictObject({
    attribute: z.string().min(1).describe('An Envoy attribute, such as xds.route_name.'),
    readable,
  }),
  z.strictObject({
    metadata: z.string().min(1).describe("A namespace of Envoy's dynamic metadata."),
    path: metadataPathSchema.describe(
      'Path of the value in the metadata: a.b, or [a, b] if a name contains a dot. Default: the whole namespace.',
    ),
    readable,
  }),
  z.strictObject({
    file: z.string().min(1).describe('Path of a file whose text is the value, relative to this file.'),
    readable,
  }),
  z.strictObject({
    env: z.string().min(1).describe('Name of an environment variable whose text is the value.'),
    readable,
  }),
] as const;

/** A plain value is a constant. Every other form has one key that says where the value comes from. */
export const variableSchema = z.union([scalar, z.array(z.json()), ...forms]);

const declarations = z.record(z.string().min(1).max(256), variableSchema);

export const variablesSchema = declarations
  .default({})
  .describe(
    'Variables that policies read, by name. Names that begin with private. are secrets: they need file or env, unless they have `readable: true`.',
  );

/** @param over what the declarations are over, as the end of a sentence */
export function innerVariablesSchema(over: string) {
  return declarations.optional().describe(`Variables, in the same forms as the global ones, that win over ${over}.`);
}

export type VariableForm = z.output<typeof variableSchema>;
